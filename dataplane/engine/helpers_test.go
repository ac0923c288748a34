package engine

import (
	"cmp"
	"encoding/binary"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// lab is a snapshot that a test fills, and an engine that reads it.
type lab struct {
	t      testing.TB
	dir    string
	writer *snapshot.Writer
	reader *snapshot.Reader
	slot   *snapshot.Slot
	engine *Engine
	batch  *Batch
}

func newLab(t testing.TB, c Config) *lab {
	t.Helper()
	dir := t.TempDir()
	w, err := snapshot.OpenWriter(snapshot.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	r := snapshot.OpenReader(dir)
	slot, err := r.NewSlot()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slot.Leave(); r.Close(); w.Close() })
	return &lab{t: t, dir: dir, writer: w, reader: r, slot: slot, engine: New(c), batch: new(Batch)}
}

// load makes the records of a master file the whole of the snapshot, in which
// zones are settled.
func (l *lab) load(zone string) {
	l.t.Helper()
	l.loadUnsettled(zone)
	l.settle()
}

// settle lets the writer know that no core is at work.
func (l *lab) settle() {
	l.t.Helper()
	l.slot.Leave()
	for more := true; more; {
		var err error
		if more, err = l.writer.Tick(); err != nil {
			l.t.Fatal(err)
		}
	}
	if _, err := l.reader.Refresh(); err != nil {
		l.t.Fatal(err)
	}
}

// loadUnsettled is load while a core is at work, with names put before those
// above them: zones where a cut or a DNAME came above others are not settled.
func (l *lab) loadUnsettled(zone string) {
	l.t.Helper()
	l.slot.Enter()
	sets := map[string][]snapshot.RRset{}
	p := dns.NewZoneParser(strings.NewReader(zone), "", "")
	for rr, ok := p.Next(); ok; rr, ok = p.Next() {
		name := strings.ToLower(rr.Header().Name)
		sets[name] = addRecord(l.t, sets[name], rr)
	}
	if err := p.Err(); err != nil {
		l.t.Fatal(err)
	}
	if err := l.writer.BeginSync(len(sets)); err != nil {
		l.t.Fatal(err)
	}
	names := slices.SortedFunc(maps.Keys(sets), func(a, b string) int {
		return cmp.Or(dns.CountLabel(b)-dns.CountLabel(a), strings.Compare(a, b))
	})
	for _, name := range names {
		n, err := wire.ParseName(name)
		if err != nil {
			l.t.Fatal(name, err)
		}
		if _, err := l.writer.Put(n, sets[name]); err != nil {
			l.t.Fatal(err)
		}
	}
	if _, err := l.writer.EndSync(); err != nil {
		l.t.Fatal(err)
	}
	if _, err := l.reader.Refresh(); err != nil {
		l.t.Fatal(err)
	}
}

func addRecord(t testing.TB, sets []snapshot.RRset, rr dns.RR) []snapshot.RRset {
	t.Helper()
	buf := make([]byte, 65535)
	n, err := dns.PackRR(rr, buf, 0, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	data := buf[wire.SkipName(buf, 0)+10 : n]
	for i := range sets {
		if sets[i].Type == rr.Header().Rrtype {
			for _, have := range sets[i].Data {
				if string(have) == string(data) {
					return sets
				}
			}
			sets[i].Data = append(sets[i].Data, data)
			return sets
		}
	}
	return append(sets, snapshot.RRset{Type: rr.Header().Rrtype, TTL: rr.Header().Ttl, Data: [][]byte{data}})
}

// ask sends one message through the engine; nil if it is dropped.
func (l *lab) ask(query []byte, room int) []byte {
	b := l.batch
	b.N = 1
	b.Msg[0] = append(make([]byte, 0, max(room, len(query))), query...)
	l.engine.Answer(l.slot.Enter(), b)
	return b.Msg[0]
}

// query asks for a name and unpacks the reply.
func (l *lab) query(name string, qtype uint16) *dns.Msg {
	l.t.Helper()
	m := new(dns.Msg)
	m.SetQuestion(name, qtype)
	m.RecursionDesired = false
	return l.exchange(m, 4096)
}

func (l *lab) exchange(m *dns.Msg, room int) *dns.Msg {
	l.t.Helper()
	query, err := m.Pack()
	if err != nil {
		l.t.Fatal(err)
	}
	raw := l.ask(query, room)
	if raw == nil {
		return nil
	}
	reply := new(dns.Msg)
	if err := reply.Unpack(raw); err != nil {
		l.t.Fatalf("reply to %v does not parse: %v\n%x", m.Question, err, raw)
	}
	return reply
}

// lines is a section as text, one record a string with single spaces.
func lines(section []dns.RR) []string {
	s := []string{}
	for _, rr := range section {
		if rr.Header().Rrtype != dns.TypeOPT {
			s = append(s, strings.Join(strings.Fields(rr.String()), " "))
		}
	}
	return s
}

// clientOf is the client with an address.
func clientOf(addr string) Client {
	b := netip.MustParseAddr(addr).As16()
	return Client{binary.BigEndian.Uint64(b[:]), binary.BigEndian.Uint64(b[8:])}
}

// networkOf is the network of a prefix.
func networkOf(prefix string) Network {
	p := netip.MustParsePrefix(prefix)
	if p.Addr().Is4() {
		return Network{clientOf(p.Addr().String()), p.Bits() + 96}
	}
	return Network{clientOf(p.Addr().String()), p.Bits()}
}
