package snapshot

import (
	"math/bits"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// View is one mapped generation as readers see it. Its memory is the
// mapping's: what it returns is valid until the core's next Enter or Leave.
type View struct {
	mem  memory
	root memory // of the directory; nil in a view that no Reader has opened
	geometry
}

// newView checks the generation in m and opens it.
func newView(m memory) (*View, error) {
	g, err := readGeometry(m)
	if err != nil {
		return nil, err
	}
	return &View{mem: m, geometry: g}, nil
}

// Generation is the generation's number.
func (v *View) Generation() uint64 { return v.number }

// Seed is the hash seed of this generation's table: a name's hash is
// what wire.LowerName.Set returns for it.
func (v *View) Seed() uint64 { return v.seed }

// Depth is the most labels that a stored name has.
func (v *View) Depth() int { return int(min(127, v.mem.load64(genDepthOff))) }

// home is the offset of the bucket in which the search for hash starts: the
// high bits of hash choose the page, those behind them the bucket.
func (g *geometry) home(hash uint64) uint64 {
	page, rest := bits.Mul64(hash, g.pages)
	return g.table + page*tablePage + rest>>32*tableBuckets>>32*bucketSize
}

// bucketAt is the offset of the bucket with an index.
func (g *geometry) bucketAt(index uint64) uint64 {
	return g.table + index/tableBuckets*tablePage + index%tableBuckets*bucketSize
}

// behind is the offset of the bucket behind the one at an offset.
func (g *geometry) behind(bucket uint64) uint64 {
	if bucket += bucketSize; bucket%tablePage == tableBuckets*bucketSize {
		bucket += tablePage - tableBuckets*bucketSize
	}
	if bucket != g.addrTable {
		return bucket
	}
	return g.table
}

// tag is the part of hash that a slot keeps, in its place. The low bits are
// used: the high ones chose the bucket.
func tag(hash uint64) uint64 { return hash << slotOffBits }

// slotOff is the offset of the node to which a slot points.
func slotOff(slot uint64) uint64 { return (slot & slotOffMask) << 3 }

// Homes turns hashes into the offsets of their home buckets and prefetches
// these.
func (v *View) Homes(hash, off []uint64) {
	off = off[:len(hash)]
	for i, h := range hash {
		off[i] = v.home(h)
	}
	v.mem.prefetch(off, false)
}

// Candidates turns the home buckets of off into the offsets of the nodes that
// the hashes most likely name, and prefetches these. It looks into the home bucket
// and, where that is full, into the one behind; 0 stands for none: At then finds
// out.
func (v *View) Candidates(hash, off []uint64) {
	if len(hash) > 0 {
		v.candidates(hash, off[:len(hash)])
	}
}

// AtLower is At for a name in lower case that stands at the start of b, in l
// octets; nil if the candidate is another.
func (v *View) AtLower(candidate uint64, b []byte, l int) Node {
	if n := v.mem.node(candidate); n != nil && n.isLower(b, l) {
		return n
	}
	return nil
}

// At is the node of a name, given the candidate that Candidates found for its
// hash; nil if the name does not exist.
func (v *View) At(candidate uint64, name *wire.LowerName, hash uint64) Node {
	if n := v.mem.node(candidate); n != nil && n.is(name) {
		return n
	}
	return v.Lookup(name, hash)
}

// Lookup finds the node of a name; nil if the name does not exist.
func (v *View) Lookup(name *wire.LowerName, hash uint64) Node {
	n, _, _ := v.find(name, hash)
	return n
}

// find is Lookup; it also tells the offsets of the slot and of the node.
func (v *View) find(name *wire.LowerName, hash uint64) (n Node, slot, off uint64) {
	t := tag(hash)
	at := v.home(hash)
	for range maxProbe {
		b := v.mem.bucket(at)
		more := true // no free slot: a name may lie behind this bucket
		for i := range b {
			s := atomicLoad(&b[i])
			more = more && s != slotEmpty
			if (s^t)>>slotOffBits != 0 || s == slotEmpty || s == slotDead {
				continue
			}
			off := slotOff(s)
			if n := v.mem.node(off); n != nil && n.is(name) {
				return n, at + uint64(i)*8, off
			}
		}
		if !more {
			return nil, 0, 0
		}
		at = v.behind(at)
	}
	return nil, 0, 0
}

// Up reports whether the address with an index of HealthIndexes may be given
// to clients.
func (v *View) Up(index uint32) bool {
	return uint64(index) >= v.addrs || v.mem.load32(v.health+uint64(index)*4) == healthUp
}

// Zone is the zone with an index of Node.Zone; nil for 0 and for what is not
// a zone.
func (v *View) Zone(index uint32) Zone {
	if index == 0 || uint64(index) >= v.zones {
		return nil
	}
	return v.zoneAt(v.mem.load64(v.zoneTable+uint64(index)*zoneRoom) &^ zoneUnsettled)
}

// Settled reports whether what names of a zone say of where they stand is so. It
// may not be while those below an apex, a cut or a DNAME that came or went are being
// told.
func (v *View) Settled(index uint32) bool {
	if index == 0 || uint64(index) >= v.zones {
		return false
	}
	entry := v.mem.load64(v.zoneTable + uint64(index)*zoneRoom)
	return entry != 0 && entry&zoneUnsettled == 0
}

// Plain reports whether a name that stands there can be answered for without a
// look at those above it: it is in a zone of ours, and nothing covers it.
func (v *View) Plain(s Spot) bool {
	return v.Settled(uint32(s)) // which with a cover is above all zones
}
