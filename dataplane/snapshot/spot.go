package snapshot

import "github.com/ipdcode/skydns/dataplane/wire"

// A name below a delegation is answered with the delegation, and one below a
// DNAME with that, whatever it holds. So that nobody looks at all the names above
// it, every node says which of them it is: the highest on the way down from the
// apex decides. It stands in one word with the zone: readers see both of one
// moment.

// Spot is where a name stands: the index of its zone in the low 24 bits, and
// its cover above.
type Spot uint32

const (
	coverShift = 24
	maxZones   = 1 << coverShift // OneAddresses takes a covered name for one of no zone
)

func newSpot(zone uint32, cover int) Spot { return Spot(zone | uint32(cover)<<coverShift) }

// Zone is the index of the name's zone, 0 outside of our zones. It may be that of
// one above or below in a zone that is not Settled.
func (s Spot) Zone() uint32 { return uint32(s) & (maxZones - 1) }

// Cover is one more than the labels of the highest cut or DNAME of the zone that
// is above the name, or is a cut and the name itself; 0 if there is none. It is
// not to be relied on in a zone that is not Settled.
func (s Spot) Cover() int { return int(s >> coverShift) }

// under is the spot of a name that something of flags covers, which has that
// many labels, where nothing above it does.
func (s Spot) under(flags Flags, labels int) Spot {
	if flags == 0 || s.Zone() == 0 || s.Cover() != 0 {
		return s
	}
	return newSpot(s.Zone(), labels+1)
}

// spotOf is where n stands: what n says may be out of date while names are told.
func (t *table) spotOf(n Node) Spot {
	if t.rezoning.left > 0 {
		return t.derive(n)
	}
	return n.Spot()
}

// below is where names right below n stand that are no apex.
func (t *table) below(n Node) Spot {
	return t.spotOf(n).under(n.Flags()&DName, wire.Labels(n.Name()))
}

// derive finds where n stands from the names above it.
func (t *table) derive(n Node) Spot {
	var lower wire.LowerName
	name, cover, covers := n.Name(), 0, Cut
	for labels := wire.Labels(name); ; labels-- {
		if n != nil && n.Flags()&covers != 0 {
			cover = labels + 1
		}
		if n != nil && n.Flags()&Apex != 0 {
			return newSpot(n.Zone(), cover)
		}
		if name = wire.Parent(name); name == nil {
			return 0
		}
		covers = Cut | DName
		hash := lower.Set(name, t.seed)
		n = t.Lookup(&lower, hash)
	}
}
