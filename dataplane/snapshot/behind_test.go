package snapshot

import (
	"fmt"
	"testing"
)

// inBucket are n names below example. whose home is the bucket with an index.
func inBucket(tb testing.TB, w *Writer, bucket uint64, n int) []string {
	tb.Helper()
	var names []string
	for i := 0; len(names) < n; i++ {
		name := fmt.Sprintf("n%d.example.", i)
		if w.cur.home(lowerOf(mustName(tb, name)).Hash(w.cur.seed)) == w.cur.table+bucket*bucketSize {
			names = append(names, name)
		}
	}
	return names
}

// fullBuckets is a view in which more names than two buckets hold have one
// home, and the first of them is gone again: it leaves a dead slot, and what stands
// behind is still to be found.
func fullBuckets(tb testing.TB, last bool) (*View, []string) {
	tb.Helper()
	w := openWriter(tb, tb.TempDir())
	mustPut(tb, w, "example.", soa(tb, 30, 30), ns(tb, "ns.example."))
	bucket := uint64(7)
	if last {
		bucket = w.cur.buckets - 1
	}
	names := inBucket(tb, w, bucket, 2*bucketSlots+1)
	for _, name := range names {
		mustPut(tb, w, name, addrs(30, "192.0.2.1"))
	}
	mustPut(tb, w, names[0])
	return &w.cur.View, names
}

// TestNamesBehindTheirBucket verifies that names are candidates where their home
// bucket is full and they stand in the one behind, the first behind the last
// among these, and that those still farther away are left to a search.
func TestNamesBehindTheirBucket(t *testing.T) {
	for _, last := range []bool{false, true} {
		v, names := fullBuckets(t, last)
		a := ask(t, v, names)
		got, want := a.look(v.OneAddresses), a.look(v.oneAddressesGo)
		behind := 0
		for i, name := range names {
			if got.record[i] != want.record[i] || got.off[i] != want.off[i] {
				t.Errorf("%s: node at %d, record % x; in Go at %d, % x", name, got.off[i], got.record[i], want.off[i], want.record[i])
			}
			_, slot, off := v.find(lowerOf(mustName(t, name)), a.hash[i])
			home := v.home(a.hash[i])
			switch slot &^ (bucketSize - 1) {
			case v.behind(home):
				behind++
			case home:
			default: // gone, or farther away
				off = 0
			}
			if (off == 0) != (got.record[i] == "") || got.off[i] != off || (slot == 0) != (i == 0) {
				t.Errorf("%s: candidate at %d, record % x; want the node at %d", name, got.off[i], got.record[i], off)
			}
		}
		if behind < bucketSlots-2 {
			t.Errorf("%d names behind their bucket, want %d or more", behind, bucketSlots-2)
		}
	}
}
