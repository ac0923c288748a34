package engine

import (
	"cmp"
	"maps"
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

func newLab(t testing.TB, c Config) *lab { return newLabFor(t, c, 0) }

// newLabFor is newLab with a table for so many names.
func newLabFor(t testing.TB, c Config, names int) *lab {
	t.Helper()
	dir := t.TempDir()
	w, err := snapshot.OpenWriter(snapshot.Options{Dir: dir, Names: names})
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

// put makes the records of a master file all that a name holds.
func (l *lab) put(name string, records ...string) {
	l.t.Helper()
	var sets []snapshot.RRset
	for _, text := range records {
		rr, err := dns.NewRR(name + " 60 IN " + text)
		if err != nil {
			l.t.Fatal(err)
		}
		sets = addRecord(l.t, sets, rr)
	}
	n, err := wire.ParseName(name)
	if err != nil {
		l.t.Fatal(err)
	}
	if _, err := l.writer.Put(n, sets); err != nil {
		l.t.Fatal(err)
	}
}
