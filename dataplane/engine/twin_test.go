package engine

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/dataplane/snapshot"
)

// twin is a lab of many changes beside one that is always made afresh of the
// same records.
type twin struct {
	*lab
	fresh   *lab
	rng     *rand.Rand
	zones   bool // apexes come and go too
	records map[string][]string
	others  int // names beside the zone, which let the table grow
}

func newTwin(t *testing.T, c Config, zones bool) *twin {
	w := &twin{lab: newLabFor(t, c, 2500), fresh: newLab(t, c), rng: rand.New(rand.NewPCG(1, 2)), zones: zones}
	w.records = map[string][]string{"z.": {"SOA ns.z. host.z. 1 2 3 4 5", "NS ns.a.z."}}
	w.put("z.", w.records["z."]...)
	if _, err := w.writer.EndSync(); err != nil {
		t.Fatal(err)
	}
	w.settle()
	return w
}

// name is one at or below z. of up to four labels more.
func (w *twin) name() string {
	name := "z."
	for range w.rng.IntN(5) {
		name = string("abc*"[w.rng.IntN(4)]) + "." + name
	}
	return name
}

// change puts or removes one name below z.
func (w *twin) change() {
	name := w.name()
	if name == "z." {
		return
	}
	w.records[name] = nil
	for _, rr := range []string{"A 192.0.2.1", "A 192.0.2.2", "TXT x", "NS ns.a.z.", "DNAME a.z.", "MX 1 b.a.z."} {
		if w.rng.IntN(4) == 0 {
			w.records[name] = append(w.records[name], rr)
		}
	}
	if w.zones && w.rng.IntN(4) == 0 && name[0] != '*' {
		w.records[name] = append(w.records[name], "SOA ns."+name+" host."+name+" 1 2 3 4 5")
	}
	w.put(name, w.records[name]...)
}

// work lets the writer do a portion of what is under way, all of it, or end in
// the middle; or the table grow.
func (w *twin) work() {
	switch w.rng.IntN(40) {
	case 0:
		w.reopen()
	case 1:
		w.settle()
	case 2, 3, 4, 5, 6:
		w.writer.Tick() //nolint:errcheck // there is room
	}
	for range 24 {
		w.put(fmt.Sprintf("n%d.y.", w.others), "A 192.0.2.9")
		w.others++
	}
}

// reopen ends the writer, whatever is under way, and begins the next.
func (l *lab) reopen() {
	l.t.Helper()
	l.slot.Leave()
	if err := l.writer.Close(); err != nil {
		l.t.Fatal(err)
	}
	next, err := snapshot.OpenWriter(snapshot.Options{Dir: l.dir})
	if err != nil || next.Discarded != nil {
		l.t.Fatal(err, next.Discarded)
	}
	l.writer = next
	l.t.Cleanup(func() { next.Close() })
}

// check compares some answers.
func (w *twin) check() {
	var zone strings.Builder
	for _, name := range slices.Sorted(maps.Keys(w.records)) {
		for _, rr := range w.records[name] {
			fmt.Fprintln(&zone, name, "60 IN", rr)
		}
	}
	w.fresh.load(zone.String())
	if _, err := w.reader.Refresh(); err != nil {
		w.t.Fatal(err)
	}
	for range 30 {
		w.checkSame(w.fresh, w.name(), []uint16{dns.TypeA, dns.TypeTXT, dns.TypeMX, dns.TypeDS, dns.TypeNS}[w.rng.IntN(5)])
	}
}

// TestCutsAndZonesComeAndGo verifies after each of many changes, while names are
// told where they stand, over growth and new writers, that answers are those of a
// snapshot made of the same records.
func TestCutsAndZonesComeAndGo(t *testing.T) {
	for name, c := range map[string]Config{"full": {Full: true}, "plain": {}} {
		for _, zones := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, zones %v", name, zones), func(t *testing.T) {
				w := newTwin(t, c, zones)
				before := w.writer.Stats().Generation
				for step := 0; step < 300 && !t.Failed(); step++ {
					w.change()
					w.work()
					w.check()
				}
				if w.writer.Stats().Generation == before {
					t.Error("the table has not grown")
				}
			})
		}
	}
}
