package snapshot

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// TestNodesLieInTheirPage verifies that nodes fill the page of their home bucket
// before they lie in the arena, that room in it is used again, and that all of it
// is free in the end.
func TestNodesLieInTheirPage(t *testing.T) {
	w, _ := heapWriter(t, 100)
	const lines = tableRoom / unit
	page := w.cur.bucketAt(7) / tablePage
	var names []string
	for i := 0; len(names) < lines+10; i++ {
		name := fmt.Sprintf("n%d.example.", i)
		if w.cur.home(lowerOf(mustName(t, name)).Hash(w.cur.seed))/tablePage == page {
			names = append(names, name)
		}
	}
	mustPut(t, w, names[0], addrs(1, "192.0.2.1")) // and those above it, of this page or not
	before := *w.cur.alloc.page(page * tablePage)
	inPage := func() (n int) {
		for _, name := range names {
			lower := lowerOf(mustName(t, name))
			if _, _, off := w.cur.find(lower, lower.Hash(w.cur.seed)); off/tablePage == page {
				n++
			}
		}
		return n
	}
	for _, name := range names {
		mustPut(t, w, name, addrs(1, "192.0.2.1"))
	}
	if n := inPage(); n < lines-2 || n >= len(names) || *w.cur.alloc.page(page * tablePage) != 0 {
		t.Errorf("%d of %d names in a page of %d lines, of which %b are free", n, len(names), lines, *w.cur.alloc.page(page * tablePage))
	}
	checkTable(t, w.cur)
	for _, name := range names {
		mustPut(t, w, name, addrs(1, "192.0.2.1", "192.0.2.2")) // two lines
		w.reclaim()
	}
	if n := inPage(); n == 0 || n > lines/2 {
		t.Errorf("%d names of two lines in a page of %d", n, lines)
	}
	checkTable(t, w.cur)
	for _, name := range names[1:] {
		mustPut(t, w, name)
	}
	w.reclaim()
	mustPut(t, w, names[0], addrs(1, "192.0.2.1"))
	w.reclaim()
	if free := *w.cur.alloc.page(page * tablePage); free != before {
		t.Errorf("units %b of the page are free, want %b", free, before)
	}
}

// TestUsed verifies what counts as used: all but the free room for blocks.
func TestUsed(t *testing.T) {
	w, _ := heapWriter(t, 10)
	tb := w.cur
	root := tb.table + tb.buckets*bucketSize + tb.arena - tb.addrTable + unit
	one := addrs(1, "192.0.2.1")
	for _, c := range []struct {
		step string
		sets []RRset
		want uint64
	}{
		{"the root alone", nil, root},
		{"a name of a line", []RRset{one}, root + unit},
		{"of two", []RRset{one, addrs(1, "2001:db8::1")}, root + 2*unit},
		{"none again", nil, root},
	} {
		mustPut(t, w, "a.", c.sets...)
		if got := w.Stats().Used; got != int64(c.want) {
			t.Errorf("%s: %d octets in use, want %d", c.step, got, c.want)
		}
	}
}

// TestTakeDistrusts verifies which blocks can be in use where the free room is
// found again.
func TestTakeDistrusts(t *testing.T) {
	g := plan(1, 7, 1000, 1<<20, 64, 16, 4096)
	room := g.table + tableBuckets*bucketSize
	for _, c := range []struct {
		name   string
		blocks []extent
		want   bool
	}{
		{"first of a page", []extent{{off: room, size: 64}}, true},
		{"last of a page", []extent{{off: g.table + tablePage - 128, size: 128}}, true},
		{"first of the arena", []extent{{off: g.arena, size: 1 << 12}}, true},
		{"last of the arena", []extent{{off: g.size - 64, size: 64}}, true},
		{"side by side", []extent{{off: room, size: 128}, {off: room + 128, size: 64}}, true},
		{"in the header", []extent{{off: 1024, size: 64}}, false},
		{"in a bucket", []extent{{off: room - 64, size: 64}}, false},
		{"not aligned", []extent{{off: room + 8, size: 64}}, false},
		{"over the end of a page", []extent{{off: g.table + tablePage - 64, size: 128}}, false},
		{"a page and more", []extent{{off: room, size: 8192}}, false},
		{"between table and arena", []extent{{off: g.addrTable, size: 64}}, false},
		{"over the end of the file", []extent{{off: g.size - 64, size: 128}}, false},
		{"the same twice", []extent{{off: room, size: 64}, {off: room, size: 64}}, false},
		{"over each other in a page", []extent{{off: room, size: 128}, {off: room + 64, size: 64}}, false},
		{"in part over each other in a page", []extent{{off: room, size: 128}, {off: room + 64, size: 128}}, false},
		{"over each other in the arena", []extent{{off: g.arena, size: 128}, {off: g.arena + 64, size: 64}}, false},
	} {
		a, all := newAllocator(g), true
		for _, b := range c.blocks {
			all = all && a.take(b.off, b.size)
		}
		if all != c.want {
			t.Errorf("%s: taken %v, want %v", c.name, all, c.want)
		}
	}
}

// TestOneAddressInALine verifies how large a name with one A record is, and that
// its RRset reads as any other.
func TestOneAddressInALine(t *testing.T) {
	w, _ := heapWriter(t, 10)
	for _, c := range []struct{ name, octets int }{{9, 32}, {44, 64}, {45, 72}, {52, 72}, {53, 80}, {64, 88}} {
		name := strings.Repeat("a", c.name-2) + "."
		mustPut(t, w, name, addrs(1<<31-1, "192.0.2.255"))
		n := lookup(&w.cur.View, mustName(t, name))
		if n.Flags() != OneAddress || len(n) != c.octets {
			t.Errorf("name of %d octets: %d octets with flags %x, want %d", len(n.Name()), len(n), n.Flags(), c.octets)
		}
	}
}

// TestOneAddressAndMore verifies that what a name holds is what was put last, with
// one A record and with others.
func TestOneAddressAndMore(t *testing.T) {
	w, _ := heapWriter(t, 10)
	txt := RRset{Type: wire.TypeTXT, TTL: 2, Data: [][]byte{{1, 'a'}}}
	for _, c := range []struct {
		name string
		sets []RRset
		flag Flags
	}{
		{"one A record", []RRset{addrs(1, "192.0.2.1")}, OneAddress},
		{"another TTL", []RRset{addrs(7, "192.0.2.1")}, OneAddress},
		{"another address", []RRset{addrs(7, "192.0.2.2")}, OneAddress},
		{"two addresses", []RRset{addrs(7, "192.0.2.2", "192.0.2.3")}, 0},
		{"one again", []RRset{addrs(7, "192.0.2.3")}, OneAddress},
		{"and a text", []RRset{addrs(7, "192.0.2.3"), txt}, 0},
		{"a text alone", []RRset{txt}, 0},
		{"one AAAA record", []RRset{addrs(1, "2001:db8::1")}, 0},
	} {
		changed := mustPut(t, w, "www.example.", c.sets...)
		again := mustPut(t, w, "www.example.", c.sets...)
		n := lookup(&w.cur.View, mustName(t, "www.example."))
		if got := decodeSets(n); !changed || again || !reflect.DeepEqual(got, c.sets) || n.Flags() != c.flag {
			t.Errorf("%s: changed %v, %v; %v with flags %x, want %v with %x", c.name, changed, again, got, n.Flags(), c.sets, c.flag)
		}
		for _, typ := range []uint16{wire.TypeA, wire.TypeAAAA, wire.TypeTXT} {
			has := slices.ContainsFunc(c.sets, func(s RRset) bool { return s.Type == typ })
			if set := n.Find(typ, new(Room)); (set != nil) != has {
				t.Errorf("%s: RRset of type %d: % x", c.name, typ, set)
			}
		}
		checkTable(t, w.cur)
	}
}
