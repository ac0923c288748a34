package snapshot

import (
	"fmt"
	"slices"
	"sync"
	"testing"
)

// inBucket are n names below example. whose home is the bucket with an index.
func inBucket(tb testing.TB, w *Writer, bucket uint64, n int) []string {
	tb.Helper()
	var names []string
	for i := 0; len(names) < n; i++ {
		name := fmt.Sprintf("n%d.example.", i)
		if w.cur.home(lowerOf(mustName(tb, name)).Hash(w.cur.seed)) == w.cur.bucketAt(bucket) {
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

// TestCandidatesBehindAgree verifies that both ways find the same of names in, behind
// and beyond a full bucket, and nothing of one behind a bucket that has room.
func TestCandidatesBehindAgree(t *testing.T) {
	for _, last := range []bool{false, true} {
		v, names := fullBuckets(t, last)
		hash := ask(t, v, names).hash
		home := v.home(hash[0])
		free := v.behind(v.behind(v.behind(home))) // a bucket with room
		v.mem.store64(v.behind(free), tag(hash[0])|genHeaderSize>>3)
		for _, at := range []uint64{home, free} {
			fast := slices.Repeat([]uint64{at}, len(hash))
			plain := slices.Clone(fast)
			v.candidates(hash, fast)
			v.candidatesGo(hash, plain)
			if !slices.Equal(fast, plain) || (at == home) != (fast[1] != 0) || (at == home) != (fast[bucketSlots] != 0) || fast[0] != 0 {
				t.Errorf("from %d: %v, in Go %v", at, fast, plain)
			}
		}
	}
}

// TestCandidatesWhileWriting verifies that names stay candidates while another in
// their full bucket comes and goes.
func TestCandidatesWhileWriting(t *testing.T) {
	w, _ := heapWriter(t, 100)
	mustPut(t, w, "example.", soa(t, 30, 30), ns(t, "ns.example."))
	names := inBucket(t, w, 7, 2*bucketSlots)
	for _, name := range names {
		mustPut(t, w, name, addrs(30, "192.0.2.1"))
	}
	v := w.cur.View
	hash := ask(t, &v, names[1:]).hash
	want := make([]uint64, len(hash))
	look := func(off []uint64) {
		v.Homes(hash, off)
		v.candidatesGo(hash, off)
	}
	look(want)
	done := make(chan struct{})
	var reading sync.WaitGroup
	reading.Go(func() {
		off := make([]uint64, len(hash))
		for {
			if look(off); !slices.Equal(off, want) {
				t.Errorf("candidates %v, want %v", off, want)
				return
			}
			select {
			case <-done:
				return
			default:
			}
		}
	})
	for range 2000 {
		mustPut(t, w, names[0])
		mustPut(t, w, names[0], addrs(30, "192.0.2.1"))
	}
	close(done)
	reading.Wait()
}
