package engine

import (
	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// hidden reports whether a cut or a DNAME of f's zone is above a name, or a cut
// is at it, given its node or that of the wildcard that covers it. It takes p for
// that name where the zone is not settled.
func (p *path) hidden(v *snapshot.View, f found, name []byte, node snapshot.Node) bool {
	if cover := node.Spot().Cover(); v.Settled(f.index) {
		return cover != 0
	}
	p.set(name)
	return p.interrupted(v, &found{zone: f.zone}, node, p.labels, wire.TypeA)
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

// interrupted looks for a cut or a DNAME on the whole way down from the apex to
// the encloser, of depth labels, and tells f about the highest.
func (p *path) interrupted(v *snapshot.View, f *found, encloser snapshot.Node, depth int, qtype uint16) bool {
	for d := wire.Labels(f.zone.Apex()); d <= depth; d++ {
		n := encloser
		if d < depth {
			if n = p.node(v, d); n == nil {
				return false
			}
		}
		if p.interrupts(f, n, d, qtype) {
			return true
		}
	}
	return false
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
