package snapshot

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestCoversOfRandomChanges verifies after each of many changes, while walks of
// any number of them are under way, that readers find what covers a name, over
// growth, synchronisations that end and do not, and new writers.
func TestCoversOfRandomChanges(t *testing.T) {
	dir := t.TempDir()
	w, err := OpenWriter(Options{Dir: dir, Names: 16_000})
	if err != nil {
		t.Fatal(err)
	}
	r := &walks{t: t, dir: dir, w: w, rng: rand.New(rand.NewPCG(1, 2)), model: map[string][]RRset{}}
	t.Cleanup(func() { r.w.Close() })
	pending := 0
	for step := 0; step < 5000 && !t.Failed(); step++ {
		r.step()
		for _, tb := range []*table{r.w.cur, r.w.next} {
			if tb != nil {
				checkCovers(t, tb)
			}
		}
		if len(r.w.cur.rezoning.unsettled) > 0 {
			pending++
		}
	}
	if pending < 500 || pending > 4500 {
		t.Errorf("a zone was not settled after %d steps: too few, or too many, for this to see much", pending)
	}
	r.rest()
}

// TestGrowthCoversWithoutAWalk verifies that what covers names comes before
// them into a larger generation.
func TestGrowthCoversWithoutAWalk(t *testing.T) {
	w := openWriter(t, t.TempDir())
	mustPut(t, w, "z.", soa(t, 60, 30))
	var below []string
	for i := range 360 {
		cut := strings.Repeat("x", 1+i%60) + "." + strings.Repeat("y", 1+i/60) + ".z."
		mustPut(t, w, cut, ns(t, "ns."+cut))
		below = append(below, "ns."+cut)
		if i%4 == 0 {
			mustPut(t, w, "zone."+cut, soa(t, 60, 30))
			below = append(below, "www.zone."+cut)
		}
	}
	for _, name := range below {
		mustPut(t, w, name, addrs(1, "192.0.2.1"))
	}
	next, err := w.fresh(5000)
	if err != nil {
		t.Fatal(err)
	}
	for w.growInto(next); w.next != nil; {
		if _, err := w.Tick(); err != nil {
			t.Fatal(err)
		}
		if len(next.rezoning.unsettled) > 0 || next.rezoning.left > 0 {
			t.Fatal("the larger generation walks over its names")
		}
	}
	checkTable(t, w.cur)
}

// TestSettledHasAGracePeriod verifies that a zone is not settled before every
// core is gone that may have read a name before the walk came to it.
func TestSettledHasAGracePeriod(t *testing.T) {
	w, r := heapWriter(t, 10)
	slot := heapSlot(r, 0)
	mustPut(t, w, "z.", soa(t, 60, 30))
	mustPut(t, w, "n.c.z.", addrs(1, "192.0.2.1"))
	v := slot.Enter()
	zone := lookup(v, mustName(t, "n.c.z.")).Zone()
	mustPut(t, w, "c.z.", ns(t, "ns.elsewhere."))
	w.cur.rezone(w.cur.buckets)
	w.reclaim()
	if v.Settled(zone) || v.Plain(lookup(v, mustName(t, "z.")).Spot()) {
		t.Error("the zone is settled for a core that may have read a name before")
	}
	slot.Leave()
	w.reclaim()
	if !v.Settled(zone) || v.Plain(lookup(v, mustName(t, "n.c.z.")).Spot()) || !v.Plain(lookup(v, mustName(t, "z.")).Spot()) {
		t.Error("the zone is not settled when nobody reads, or its names are not what they should be")
	}
}

// TestMarkedBeforeItIsSeen verifies that a zone is marked before a cut in it can be
// seen, by one for which there is no room, and settled where none came.
func TestMarkedBeforeItIsSeen(t *testing.T) {
	w, _ := heapWriter(t, 10)
	mustPut(t, w, "z.", soa(t, 60, 30))
	mustPut(t, w, "n.c.z.", addrs(1, "192.0.2.1"))
	zone := lookup(&w.cur.View, mustName(t, "n.c.z.")).Zone()
	body, flags, err := appendSets(nil, []RRset{ns(t, "ns.elsewhere.")})
	if err != nil {
		t.Fatal(err)
	}
	w.cur.alloc = allocator{table: w.cur.table, pages: make([]uint64, w.cur.pages)}
	if _, err := w.cur.put(lowerOf(mustName(t, "c.z.")), flags, body); err != errFull || w.cur.Settled(zone) {
		t.Errorf("%v, settled %v; want no room, and a mark", err, w.cur.Settled(zone))
	}
	if w.reclaim(); !w.cur.Settled(zone) {
		t.Error("the zone is not settled when nothing came of the change")
	}
}
