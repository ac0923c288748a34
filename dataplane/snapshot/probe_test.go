package snapshot

import (
	"fmt"
	"slices"
	"testing"
)

// probes is a table and, for names that it holds and one that it does not,
// their hashes and home buckets.
func probes(tb testing.TB) (v *View, hash, home []uint64) {
	tb.Helper()
	w := openWriter(tb, tb.TempDir())
	for i := range 64 {
		if i < 63 {
			mustPut(tb, w, fmt.Sprintf("n%d.example.", i), addrs(1, "192.0.2.1"))
		}
		name := lowerOf(mustName(tb, fmt.Sprintf("n%d.example.", i)))
		hash = append(hash, name.Hash(w.cur.seed))
	}
	home = make([]uint64, len(hash))
	w.cur.Homes(hash, home)
	return &w.cur.View, hash, home
}

func TestCandidatesAgree(t *testing.T) {
	v, hash, home := probes(t)
	fast, plain := slices.Clone(home), slices.Clone(home)
	v.candidates(hash, fast)
	v.candidatesGo(hash, plain)
	if !slices.Equal(fast, plain) || fast[63] != 0 {
		t.Errorf("got %v, want %v, the last one 0", fast, plain)
	}
}

func BenchmarkCandidates(b *testing.B) {
	v, hash, home := probes(b)
	off := make([]uint64, len(home))
	for name, f := range map[string]func(hash, off []uint64){"candidates": v.candidates, "Go": v.candidatesGo} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				copy(off, home)
				f(hash, off)
			}
		})
	}
}
