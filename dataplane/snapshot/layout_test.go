package snapshot

import (
	"errors"
	"testing"
)

// shift moves all parts by n octets.
func shift(g *geometry, n uint64) {
	for _, part := range []*uint64{&g.table, &g.addrTable, &g.health, &g.zoneTable, &g.arena} {
		*part += n
	}
}

// TestHeaderDistrusts verifies that a header whose checksum is right and whose
// parts do not fit is refused.
func TestHeaderDistrusts(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(g *geometry)
		fits  bool
	}{
		{"as planned", func(*geometry) {}, true},
		{"no bucket", func(g *geometry) { g.buckets, g.addrTable = 0, g.table }, false},
		{"a page with more buckets", func(g *geometry) { g.buckets++ }, false},
		{"a page too few", func(g *geometry) { g.buckets -= tableBuckets }, false},
		{"a page too many", func(g *geometry) { g.buckets += tableBuckets }, false},
		{"more pages than can be", func(g *geometry) { g.buckets = 1 << 62 / tableBuckets * tableBuckets }, false},
		{"table inside a page", func(g *geometry) { shift(g, unit) }, false},
		{"a page behind the header", func(g *geometry) { shift(g, tablePage) }, true},
		{"table in the header", func(g *geometry) { g.table, g.addrTable = 0, g.addrTable-g.table }, false},
		{"addresses that are no power of two", func(g *geometry) { g.addrs-- }, false},
		{"health inside the addresses", func(g *geometry) { g.health -= 8 }, false},
		{"zones inside the health table", func(g *geometry) { g.zoneTable -= 8 }, false},
		{"zones inside the arena", func(g *geometry) { g.zones += 16 }, false},
		{"arena not aligned", func(g *geometry) { g.arena += 8 }, false},
		{"arena behind the end", func(g *geometry) { g.arena = g.size + unit }, false},
		{"size that is not the file's", func(g *geometry) { g.size += unit }, false},
	} {
		g := plan(1, 7, 1000, 1<<16, 256, 16, 4096)
		m := wordsToBytes(make([]uint64, g.size/8))
		c.spoil(&g)
		g.write(m)
		if _, err := newView(m); c.fits != (err == nil) || !c.fits && !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: error %v", c.name, err)
		}
	}
}
