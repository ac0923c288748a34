package engine

import (
	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// comesWith reports whether what is at a name, given its node or that of the
// wildcard that covers it, may come with what f found: it is of f's zone, and no
// cut or DNAME is above it but for a referral (RFC 1034 section 4.2.1: glue is part
// of those only), which takes it from a zone of ours inside f's too (RFC 9471
// section 3.2). It takes p for that name where a zone is not settled.
func (p *path) comesWith(v *snapshot.View, f found, name []byte, node snapshot.Node) bool {
	spot := node.Spot()
	is, hidden := found{index: spot.Zone()}, spot.Cover() != 0
	if !v.Settled(f.index) || is.index != 0 && !v.Settled(is.index) {
		p.set(name)
		hidden = p.interrupted(v, &is, node, p.labels, wire.TypeA)
	}
	if f.place == cut && is.index != f.index {
		inner := v.Zone(is.index)
		return inner != nil && endsIn(inner.Apex(), f.zone.Apex())
	}
	return is.index == f.index && (f.place == cut || !hidden)
}

// covered tells f about the cut or DNAME that covers a name, which is that of
// cover in a zone that is settled, or else the encloser, of depth labels.
func (p *path) covered(v *snapshot.View, f *found, encloser snapshot.Node, depth, cover int, qtype uint16) bool {
	n, d := encloser, depth
	if cover > 0 && cover <= depth {
		d = cover - 1
		n = p.node(v, d)
	}
	if d == p.labels && qtype == typeDS {
		return false
	}
	// What is there no more went after the encloser was read.
	return n != nil && p.interrupts(f, n, d, qtype) || p.interrupted(v, f, encloser, depth, qtype)
}

// interrupted looks for a cut or a DNAME on the whole way up from the encloser,
// of depth labels, to the apex above it, and tells f about the highest, and about
// the zone: names of one that is not settled may say another. Where there is no
// apex any more the name is outside.
func (p *path) interrupted(v *snapshot.View, f *found, encloser snapshot.Node, depth int, qtype uint16) bool {
	is := false
	for d := depth; d >= 0; d-- {
		n := encloser
		if d < depth {
			if n = p.node(v, d); n == nil {
				continue
			}
		}
		if p.interrupts(f, n, d, qtype) {
			is = true
		}
		if n.Flags()&snapshot.Apex != 0 {
			f.index = n.Zone()
			if f.zone = v.Zone(f.index); f.zone != nil {
				return is
			}
			break
		}
	}
	*f = found{}
	return true
}

// interrupts reports whether n, of the last d labels, is a cut at or above the
// name or a DNAME above it, and tells f.
func (p *path) interrupts(f *found, n snapshot.Node, d int, qtype uint16) bool {
	flags := n.Flags()
	// DS belongs to the upper side of a cut (RFC 4035 section 3.1.4.1).
	atCut := d == p.labels && qtype == typeDS
	switch {
	case flags&snapshot.Cut != 0 && !atCut:
		f.place = cut
	case flags&snapshot.DName != 0 && d < p.labels:
		f.place = renamed
	default:
		return false
	}
	f.node, f.depth = n, d
	return true
}
