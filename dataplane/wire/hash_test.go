package wire

import (
	"fmt"
	"testing"
)

// patterns are names as clouds make them: they differ in few octets.
var patterns = map[string]func(i int) string{
	"counter":         func(i int) string { return fmt.Sprintf("n%d.example", i) },
	"services":        func(i int) string { return fmt.Sprintf("svc-%d.ns-%d.svc.cluster.local", i%997, i/997) },
	"addresses":       func(i int) string { return fmt.Sprintf("%d.%d.%d.10.in-addr.arpa", i&255, i>>8&255, i>>16) },
	"words exchanged": func(i int) string { return fmt.Sprintf("%07d.%07d.x", i%1000, i/1000) },
	"all labels":      func(i int) string { return fmt.Sprintf("%x.%x.%x.%x.%x.a", i&15, i>>4&15, i>>8&15, i>>12&15, i>>16) },
	"long": func(i int) string {
		return fmt.Sprintf("pod-%d.a-rather-long-name-of-a-service.of-some-namespace.svc.cluster.local", i)
	},
}

// TestHashSpreads verifies that no two of many similar names have the same
// hash, and that they spread over buckets, which the high bits choose, and
// over tags, of the low ones, like random numbers.
func TestHashSpreads(t *testing.T) {
	const names, cells = 50_000, 1 << 10
	for name, of := range patterns {
		t.Run(name, func(t *testing.T) {
			for _, seed := range []uint64{0, 1, 0x123456789abcdef, 1 << 63, ^uint64(0), 0xdeadbeef00000000} {
				seen := map[uint64]bool{}
				var high, low [cells]int
				for i := range names {
					wire, err := ParseName(of(i))
					if err != nil {
						t.Fatal(err)
					}
					h := hashOf(wire, seed)
					seen[h] = true
					high[h>>54]++
					low[h%cells]++
				}
				if len(seen) != names {
					t.Errorf("seed %#x: %d hashes of %d names", seed, len(seen), names)
				}
				for part, counts := range map[string]*[cells]int{"high": &high, "low": &low} {
					// Of random numbers it would be 1,023, give or take 45.
					if x := chiSquare(counts[:], names); x > 1.5*cells {
						t.Errorf("seed %#x: chi-square of the %s bits %.0f", seed, part, x)
					}
				}
			}
		})
	}
}

func chiSquare(counts []int, total int) (sum float64) {
	want := float64(total) / float64(len(counts))
	for _, n := range counts {
		sum += (float64(n) - want) * (float64(n) - want) / want
	}
	return sum
}
