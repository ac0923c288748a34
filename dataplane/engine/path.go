package engine

import (
	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// path is a name in lower case with the places of its labels.
type path struct {
	b      [wire.Words * 8]byte
	n      int
	at     [128]uint8 // at[k]: where the k-th label starts; at[labels]: the root
	labels int
	lower  wire.LowerName // scratch of the look-ups
}

// set takes over a valid name.
func (p *path) set(name []byte) {
	wire.AppendLower(p.b[:0], name)
	p.n, p.labels = len(name), 0
	off := 0
	for off < p.n && p.b[off] != 0 && p.labels < len(p.at)-1 {
		p.at[p.labels] = uint8(off)
		p.labels++
		off += int(p.b[off]) + 1
	}
	p.at[p.labels] = uint8(off)
}

// last is the name's last n labels as a name.
func (p *path) last(n int) []byte { return p.b[p.at[p.labels-n]:p.n] }

// node is the node of the last n labels.
func (p *path) node(v *snapshot.View, n int) snapshot.Node {
	hash := p.lower.Set(p.last(n), v.Seed())
	return v.Lookup(&p.lower, hash)
}

// wildcard is the node of "*" below the last n labels.
func (p *path) wildcard(v *snapshot.View, n int) snapshot.Node {
	var name [wire.MaxName + 2]byte
	name[0], name[1] = 1, '*'
	l := 2 + copy(name[2:], p.last(n))
	if l > wire.MaxName {
		return nil
	}
	hash := p.lower.Set(name[:l], v.Seed())
	return v.Lookup(&p.lower, hash)
}

// closest finds the closest encloser of a name that does not exist: its
// longest suffix that does (RFC 4592 section 3.3.1), and how many labels that
// has. All suffixes of a name exist, so halving finds it.
func (p *path) closest(v *snapshot.View) (snapshot.Node, int) {
	lo, hi := 0, min(p.labels-1, v.Depth())
	var best snapshot.Node
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if n := p.node(v, mid); n != nil {
			best, lo = n, mid
		} else {
			hi = mid - 1
		}
	}
	if best == nil {
		best = p.node(v, 0)
	}
	return best, lo
}
