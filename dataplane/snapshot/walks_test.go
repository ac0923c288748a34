package snapshot

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// walks does random changes to names one below the other: apexes, cuts and
// DNAMEs come and go above and below each other.
type walks struct {
	t     *testing.T
	dir   string
	w     *Writer
	rng   *rand.Rand
	model map[string][]RRset
}

// change puts or removes one name.
func (r *walks) change() {
	name := "z."
	for range r.rng.IntN(5) {
		name = string("abc"[r.rng.IntN(3)]) + "." + name
	}
	var sets []RRset
	add := func(odds int, s RRset) {
		if r.rng.IntN(odds) == 0 {
			sets = append(sets, s)
		}
	}
	add(2, addrs(30, "192.0.2.1"))
	add(4, ns(r.t, "ns.elsewhere."))
	add(8, RRset{Type: 39, TTL: 30, Data: [][]byte{mustName(r.t, "else.where.")}}) // DNAME
	add(8, soa(r.t, 30, 30))
	if r.model[name] = sets; sets == nil {
		delete(r.model, name)
	}
	mustPut(r.t, r.w, name, sets...)
}

// sync puts some or all names again, and ends the synchronisation if all.
func (r *walks) sync(all bool) {
	if err := r.w.BeginSync(0); err != nil {
		r.t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(r.model)) {
		if all || r.rng.IntN(2) == 0 {
			mustPut(r.t, r.w, name, r.model[name]...)
		}
	}
	if !all {
		return
	}
	if removed, err := r.w.EndSync(); err != nil || removed != 0 {
		r.t.Fatal(removed, err)
	}
}

// grow begins a larger generation.
func (r *walks) grow() {
	if r.w.next != nil {
		return
	}
	next, err := r.w.fresh(12_000)
	if err != nil {
		r.t.Fatal(err)
	}
	r.w.growInto(next)
}

// resume opens a copy of the table, as it would be found after a crash.
func (r *walks) resume() {
	e := &epochs{root: wordsToBytes(make([]uint64, rootSize/8)), readers: wordsToBytes(make([]uint64, readersSize/8))}
	if err := adoptRoot(e.root, e.readers); err != nil {
		r.t.Fatal(err)
	}
	m := wordsToBytes(make([]uint64, len(r.w.cur.mem)/8))
	copy(m, r.w.cur.mem)
	tb, err := recoverTable(m, e)
	if err != nil {
		r.t.Fatal(err)
	}
	checkTable(r.t, tb)
	checkCovers(r.t, tb)
	if tb.reclaim(e.oldest()); len(tb.unsettledZones()) > 0 {
		r.t.Error("a zone is not settled when nobody reads")
	}
}

// reopen ends the writer and begins the next.
func (r *walks) reopen() {
	published := r.w.published
	r.w.Close()
	r.w = openWriter(r.t, r.dir)
	if r.w.Discarded != nil || r.w.published != published {
		r.t.Fatal(r.w.Discarded)
	}
}

// rest lets everything that is under way end.
func (r *walks) rest() {
	for more := true; more || len(r.w.cur.rezoning.unsettled) > 0; {
		var err error
		if more, err = r.w.Tick(); err != nil {
			r.t.Fatal(err)
		}
	}
	checkTable(r.t, r.w.cur)
	if len(r.w.cur.unsettledZones()) > 0 {
		r.t.Error("a zone is not settled at rest")
	}
}

// step does one of all that.
func (r *walks) step() {
	switch n := r.rng.IntN(100); {
	case n < 1:
		r.sync(true)
	case n < 2:
		r.sync(false)
	case n < 3:
		r.grow()
	case n < 4 && r.w.published:
		r.reopen()
	case n < 6:
		r.rest()
	case n < 8:
		r.resume()
	case n < 12:
		if _, err := r.w.Tick(); err != nil {
			r.t.Fatal(err)
		}
	default:
		r.change()
	}
}
