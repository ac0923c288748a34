package engine

import "github.com/ipdcode/skydns/dataplane/snapshot"

// place is where a name stands among our zones.
type place uint8

const (
	outside place = iota // in no zone of ours
	exact                // found.node is the name's
	wild                 // found.node is the wildcard that covers it
	missing              // there is no such name
	cut                  // at or below a delegation: found.node holds its NS
	renamed              // below a DNAME: found.node holds it
)

// found is what locate says of a name.
type found struct {
	place place
	node  snapshot.Node
	zone  snapshot.Zone
	index uint32 // of the zone
	depth int    // labels of the cut or DNAME: as many as e.path.last takes
}

// locate does the first steps of RFC 1034 section 4.3.2 for a name whose own
// node, if it has one, is given.
func (e *Engine) locate(v *snapshot.View, name []byte, node snapshot.Node, qtype uint16) found {
	p := &e.path
	encloser, depth := node, 0
	if node == nil {
		p.set(name)
		encloser, depth = p.closest(v)
		if encloser == nil {
			return found{}
		}
	}
	if qtype == typeDS && node != nil && node.Flags()&snapshot.Apex != 0 {
		if f := p.upper(v, name, node); f.place != outside {
			return f
		}
	}
	spot := encloser.Spot()
	index, cover := spot.Zone(), spot.Cover()
	f := found{zone: v.Zone(index), index: index}
	if f.zone == nil {
		return f
	}
	settled := v.Settled(index)
	if !settled || cover != 0 || node == nil && encloser.Flags()&snapshot.DName != 0 {
		if node != nil {
			p.set(name)
			depth = p.labels
		}
		if settled && p.covered(v, &f, encloser, depth, cover, qtype) || !settled && p.interrupted(v, &f, encloser, depth, qtype) {
			return f
		}
	}
	p.settle(v, &f, node, encloser, depth)
	return f
}

// settle tells f about a name of its zone that nothing covers.
func (p *path) settle(v *snapshot.View, f *found, node, encloser snapshot.Node, depth int) {
	f.place = missing
	switch {
	case node != nil:
		f.place, f.node = exact, node
	case encloser.Flags()&snapshot.Wild != 0:
		if f.node = p.wildcard(v, depth); f.node != nil {
			f.place = wild
		}
	}
}

// upper is what locate says of the DS of an apex: it is in the zone above, if
// that is ours too (RFC 4035 section 3.1.4.1); outside, if not.
func (p *path) upper(v *snapshot.View, name []byte, node snapshot.Node) found {
	if p.set(name); p.labels == 0 {
		return found{}
	}
	depth := p.labels - 1
	parent := p.node(v, depth)
	if parent == nil || v.Zone(parent.Zone()) == nil {
		return found{}
	}
	var f found
	if !p.interrupted(v, &f, parent, depth, typeDS) {
		f.place, f.node = exact, node
	}
	return f
}

// covering is the node of the wildcard that covers a name which does not exist;
// nil if there is none. It takes p for that name.
func (p *path) covering(v *snapshot.View, name []byte) snapshot.Node {
	p.set(name)
	encloser, depth := p.closest(v)
	if encloser == nil || encloser.Flags()&snapshot.Wild == 0 {
		return nil
	}
	return p.wildcard(v, depth)
}

const typeDS = 43
