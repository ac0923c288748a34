package publish

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
	dto "github.com/prometheus/client_model/go"
	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/control/store"
	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

const monitorPath = "/skydns/monitor/status/"

// fixture is a Publisher on a snapshot directory, fed by hand.
type fixture struct {
	testing.TB
	*Publisher
	dir string
}

// newFixture takes the snapshot in dir and publishes for skydns.local.
func newFixture(tb testing.TB, dir string) *fixture {
	tb.Helper()
	return newFixtureFor(tb, dir, "skydns.local.")
}

// newFixtureFor is newFixture for other domains.
func newFixtureFor(tb testing.TB, dir string, domainNames ...string) *fixture {
	tb.Helper()
	domains, err := record.NewDomains(domainNames)
	if err != nil {
		tb.Fatal(err)
	}
	w, err := snapshot.OpenWriter(snapshot.Options{Dir: dir})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = w.Close() })
	return &fixture{TB: tb, dir: dir, Publisher: New(Config{
		Domains: domains, MonitorPath: monitorPath,
		NSAddrs: []netip.Addr{netip.MustParseAddr("192.0.2.53")},
		Log:     zerolog.New(zerolog.NewTestWriter(tb)),
	}, w)}
}

// events are the changes of lines "key value", or "key" alone for a deletion.
func events(lines []string) []store.Event {
	var list []store.Event
	for _, line := range lines {
		key, value, put := strings.Cut(line, " ")
		list = append(list, store.Event{Key: key, Value: []byte(value), Deleted: !put})
	}
	return list
}

// sync delivers a complete list.
func (f *fixture) sync(lines ...string) {
	f.begin(lines...)
	f.take(store.Batch{Kind: store.SyncEnd})
}

// begin delivers a list without its end.
func (f *fixture) begin(lines ...string) {
	f.take(store.Batch{Kind: store.SyncBegin, Count: int64(len(lines))})
	f.take(store.Batch{Kind: store.SyncItems, Events: events(lines)})
}

// change delivers changes.
func (f *fixture) change(lines ...string) {
	f.take(store.Batch{Kind: store.Changes, Received: time.Now(), Events: events(lines)})
}

// want checks what the snapshot holds of a name, as lines of type and rdata
// with the TTL between, sorted.
func (f *fixture) want(name string, want ...string) {
	f.Helper()
	if got := lines(f, f.writer.Get(parse(f, name))); !slices.Equal(got, want) {
		f.Errorf("%s holds %q, want %q", name, got, want)
	}
}

// lines are RRsets as text, by an independent reader of the wire form.
func lines(tb testing.TB, sets []snapshot.RRset) []string {
	tb.Helper()
	var list []string
	for _, s := range sets {
		for _, data := range s.Data {
			h := dns.RR_Header{Name: ".", Rrtype: s.Type, Class: 1, Ttl: s.TTL, Rdlength: uint16(len(data))}
			rr, _, err := dns.UnpackRRWithHeader(h, data, 0)
			if err != nil {
				tb.Fatal(err)
			}
			fields := strings.Fields(rr.String())
			list = append(list, strings.Join(append([]string{fields[3], fields[1]}, fields[4:]...), " "))
		}
	}
	slices.Sort(list)
	return list
}

func parse(tb testing.TB, name string) []byte {
	tb.Helper()
	n, err := wire.ParseName(name)
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

// refusedCount is how often something was refused for a reason.
func (f *fixture) refusedCount(reason string) int {
	f.Helper()
	var m dto.Metric
	if err := f.report.refused.WithLabelValues(reason).Write(&m); err != nil {
		f.Fatal(err)
	}
	return int(m.GetCounter().GetValue())
}

// reader reads a snapshot as dataplane does.
type reader struct {
	testing.TB
	r    *snapshot.Reader
	slot *snapshot.Slot
}

func newReader(tb testing.TB, dir string) *reader {
	tb.Helper()
	r := &reader{TB: tb, r: snapshot.OpenReader(dir)}
	var err error
	if r.slot, err = r.r.NewSlot(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { r.slot.Leave(); _ = r.r.Close() })
	return r
}

// addresses are the IPv4 addresses of a name that are UP, sorted; nil before
// there is a snapshot.
func (r *reader) addresses(name string) []string {
	if _, err := r.r.Refresh(); err != nil {
		r.Fatal(err)
	}
	defer r.slot.Leave()
	v := r.slot.Enter()
	if v == nil {
		return nil
	}
	var lower wire.LowerName
	node := v.Lookup(&lower, lower.Set(parse(r, name), v.Seed()))
	if node == nil {
		return nil
	}
	set := node.Find(wire.TypeA, new(snapshot.Room))
	if set == nil {
		return nil
	}
	var up []string
	indexes := set.HealthIndexes(set.Count(), snapshot.AddrSize(wire.TypeA))
	records := set.Records()
	for i := range set.Count() {
		var rr []byte
		rr, records = snapshot.NextRecord(records)
		addr, _ := netip.AddrFromSlice(rr[len(rr)-4:])
		if indexes == nil || v.Up(indexes[i]) {
			up = append(up, addr.String())
		}
	}
	slices.Sort(up)
	return up
}

// wait waits until a name's UP addresses are these.
func (r *reader) wait(name string, want ...string) {
	r.Helper()
	var got []string
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if got = r.addresses(name); slices.Equal(got, want) {
			return
		}
	}
	r.Fatalf("%s has %q, want %q", name, got, want)
}
