package snapshot

import (
	"slices"
	"testing"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// stand is where what is below a name stands.
type stand struct {
	zone  uint32
	cover int
}

// checkSpots verifies that every name of a table in which no walk is under way
// says where it stands, found from the top down.
func checkSpots(t testing.TB, tb *table) {
	t.Helper()
	var nodes []Node
	tb.each(func(n Node, _, _ uint64) bool { nodes = append(nodes, n); return true })
	slices.SortFunc(nodes, func(a, b Node) int { return wire.Labels(a.Name()) - wire.Labels(b.Name()) })
	stands := map[string]stand{}
	for _, n := range nodes {
		s := stands[string(wire.Parent(n.Name()))] // none, for the root
		if n.Flags()&Apex != 0 {
			s = stand{zone: n.Zone()}
		}
		labels := wire.Labels(n.Name())
		s.add(n.Flags()&Cut, labels)
		if zone, cover := n.Zone(), n.Spot().Cover(); zone != s.zone || cover != s.cover {
			t.Errorf("%s says zone %d, cover %d; want %d, %d", wire.NameString(n.Name()), zone, cover, s.zone, s.cover)
		}
		s.add(n.Flags()&DName, labels)
		stands[string(n.Name())] = s
	}
}

// add takes a name of that many labels for the cover, if covers says so.
func (s *stand) add(covers Flags, labels int) {
	if covers != 0 && s.zone != 0 && s.cover == 0 {
		s.cover = labels + 1
	}
}

// checkCovers verifies what readers rely on at any moment: names that say that they
// are in a zone that is settled are, and know what covers them.
func checkCovers(t testing.TB, tb *table) {
	t.Helper()
	flags := map[string]Flags{}
	tb.each(func(n Node, _, _ uint64) bool { flags[string(n.Name())] = n.Flags(); return true })
	tb.each(func(n Node, _, _ uint64) bool {
		zone, cover := n.Zone(), n.Spot().Cover()
		z := tb.Zone(zone)
		if z == nil || !tb.Settled(zone) {
			return true
		}
		want, labels := 0, wire.Labels(n.Name())
		for name, d := n.Name(), labels; d >= wire.Labels(z.Apex()); name, d = wire.Parent(name), d-1 {
			f := flags[string(name)]
			if f&Cut != 0 || f&DName != 0 && d < labels {
				want = d + 1
			}
			if (f&Apex != 0) != (d == wire.Labels(z.Apex())) {
				t.Errorf("%s is not in the settled zone %s", wire.NameString(n.Name()), wire.NameString(z.Apex()))
			}
		}
		if cover != want {
			t.Errorf("%s of settled zone %s says cover %d, want %d", wire.NameString(n.Name()), wire.NameString(z.Apex()), cover, want)
		}
		return true
	})
}
