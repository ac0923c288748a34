package snapshot

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestGrowthRezonesNothing verifies that a table of many zones, some within
// others, grows without a walk over the names of any: one a zone took time by
// zones times names.
func TestGrowthRezonesNothing(t *testing.T) {
	w := openWriter(t, t.TempDir())
	rng := rand.New(rand.NewPCG(1, 2))
	var zones []string
	for i := range 300 {
		zone := fmt.Sprintf("z%d.example.", i)
		if i%3 == 2 {
			zone = fmt.Sprintf("z%d.%s", i, zones[rng.IntN(i)])
		}
		zones = append(zones, zone)
		mustPut(t, w, zone, soa(t, 60, 30))
	}
	grown := 0
	for i := 0; grown < 3 || w.next != nil; i++ {
		if i > 100_000 {
			t.Fatal("it does not grow")
		}
		mustPut(t, w, fmt.Sprintf("n%d.%s", i%20_000, zones[rng.IntN(len(zones))]), addrs(uint32(i), "192.0.2.1"))
		awaitMade(w)
		before := w.cur
		if _, err := w.Tick(); err != nil {
			t.Fatal(err)
		}
		if w.cur != before {
			grown++
		}
		for _, tb := range []*table{w.cur, w.next} {
			if tb != nil && tb.rezoning.left > 0 {
				t.Fatalf("after %d names %d buckets are to be walked", i, tb.rezoning.left)
			}
		}
	}
	checkTable(t, w.cur)
}

// TestApexAboveManyNames verifies that an apex that comes or goes above many
// names takes no longer than another change: the names get their zone later, a
// portion at a time, and are in the one before until then.
func TestApexAboveManyNames(t *testing.T) {
	w := openWriter(t, t.TempDir())
	if err := w.BeginSync(20_000); err != nil {
		t.Fatal(err)
	}
	mustPut(t, w, "example.", soa(t, 60, 30))
	for i := range 20_000 {
		mustPut(t, w, fmt.Sprintf("n%d.sub.example.", i), addrs(1, "192.0.2.1"))
	}
	publish(t, w)
	settle := func(whose string) {
		t.Helper()
		for more, least := true, w.cur.buckets-rezoneAtOnce; more; {
			left := w.cur.rezoning.left
			if left < least {
				t.Fatalf("%s: %d buckets of %d are left to walk, want %d", whose, left, w.cur.buckets, least)
			}
			text := fmt.Sprintf("%s%d.sub.example.", whose, left)
			mustPut(t, w, text, addrs(1, "192.0.2.1"))
			name := mustName(t, text)
			if n := lookup(&w.cur.View, name); n.Zone() != w.cur.derive(n).Zone() {
				t.Fatalf("%s: a new name is in zone %d", whose, n.Zone())
			}
			w.cur.each(func(n Node, _, _ uint64) bool {
				if err := checkZone(&w.cur.View, n); err != nil || n.Zone() == 0 && len(n.Name()) > 1 {
					t.Fatalf("%s: zone %d, %v", whose, n.Zone(), err)
				}
				return true
			})
			least = left - min(left, rezoneOfTick)
			var err error
			if more, err = w.Tick(); err != nil {
				t.Fatal(err)
			}
		}
		checkTable(t, w.cur)
	}
	mustPut(t, w, "sub.example.", soa(t, 60, 30))
	settle("came")
	mustPut(t, w, "sub.example.")
	settle("went")
	if got := w.Stats().Zones; got != 1 {
		t.Errorf("%d zones are left, want 1", got)
	}
}

// TestZonesOfAllApexes verifies the names of more apexes than are told apart, in
// an order that puts each after what is below it, and of some that went again
// before the walk ended; a synchronisation ends with all names in their zones.
func TestZonesOfAllApexes(t *testing.T) {
	w := openWriter(t, t.TempDir())
	if err := w.BeginSync(50_000); err != nil {
		t.Fatal(err)
	}
	for i := range 2000 {
		mustPut(t, w, fmt.Sprintf("a.b.z%d.example.", i%50), addrs(uint32(i), "192.0.2.1"))
	}
	for i := range 50 {
		mustPut(t, w, fmt.Sprintf("b.z%d.example.", i), soa(t, 60, 30))
		mustPut(t, w, fmt.Sprintf("z%d.example.", i), soa(t, 60, 30))
		if i%4 == 0 {
			mustPut(t, w, fmt.Sprintf("b.z%d.example.", i))
		}
	}
	if _, err := w.EndSync(); err != nil {
		t.Fatal(err)
	}
	checkTable(t, w.cur)
	if got := w.Stats().Zones; got != 87 {
		t.Errorf("%d zones, want 87", got)
	}
}

// TestZoneIndexHasAGracePeriod verifies that a reader that holds a name never
// finds another zone under the name's index, and that the index is used again
// after it.
func TestZoneIndexHasAGracePeriod(t *testing.T) {
	w, r := heapWriter(t, 10)
	slot := heapSlot(r, 0)
	mustPut(t, w, "a.", soa(t, 60, 30))
	mustPut(t, w, "n.a.", addrs(1, "192.0.2.1"))
	v := slot.Enter()
	held := lookup(v, mustName(t, "n.a.")).Zone()
	mustPut(t, w, "n.a.")
	mustPut(t, w, "a.")
	w.reclaim()
	mustPut(t, w, "b.", soa(t, 60, 30))
	if z := v.Zone(held); z == nil || string(z.Apex()) != string(mustName(t, "a.")) {
		t.Errorf("zone %d of a name that is held is %q", held, z)
	}
	slot.Leave()
	w.reclaim()
	if v.Zone(held) != nil {
		t.Error("the zone stays when nobody holds it")
	}
	mustPut(t, w, "c.", soa(t, 60, 30))
	if got := lookup(v, mustName(t, "c.")).Zone(); got != held {
		t.Errorf("the next zone is %d, want %d again", got, held)
	}
}
