package snapshot

import (
	"bytes"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// Where an apex comes or goes, the names below it change zone; where a cut or a
// DNAME does, their cover changes. Nothing leads from a name to those below it,
// so that they are found by a walk over the table, in portions beside changes.
// Until the walk has come to it a name says the zone that it was in, which is
// kept as long. See settle.go for readers meanwhile.

const (
	rezoneAtOnce = 256  // buckets of the walk that the change of an apex does itself
	rezoneOfTick = 1024 // buckets that a Tick does
	maxTops      = 16   // that are told apart: of more, every name is looked at
)

// rezoning is the walk that is under way. It goes round: a top that comes or
// goes meanwhile makes it longer, and never begin again.
type rezoning struct {
	at, left  uint64   // the next bucket, and how many there are to go
	tops      [][]byte // apexes, cuts and DNAMEs that came or went since the walk began
	all       bool     // there were more
	from      []uint32 // zones that names may still be in and should not
	gone      []uint32 // of them, those without an apex
	unsettled []uint32 // zones that are marked
	ended     uint64   // the epoch in which the last walk ended
}

// effect is what changes for the names below a node that replaces another.
type effect struct{ zone, cover bool }

// effectOf is what a node with head, of which the spot is that of names right
// below its parent, changes where it replaces old.
func (t *table) effectOf(old Node, head *nodeHead) effect {
	if old == nil || memory(old).load32(nodeWriterOff)&childMask == 0 {
		return effect{}
	}
	was, is := old.Flags(), head.flags
	// What is covered from above covers nothing itself, but for names that are
	// not yet where they should be.
	counts := (was|is)&Apex != 0 || t.rezoning.left > 0 || head.spot.Zone() != 0 && head.spot.Cover() == 0
	return effect{
		zone:  (was^is)&Apex != 0,
		cover: counts && (was&(Cut|DName) != 0) != (is&(Cut|DName) != 0),
	}
}

// settleZone is called when n has replaced old, with what that does. n is nil
// if the name is gone, and nothing was below it.
func (t *table) settleZone(old, n Node, does effect) {
	r := &t.rezoning
	if old != nil && old.Flags()&Apex != 0 && (n == nil || n.Flags()&Apex == 0) {
		t.zonesUsed--
		if does.zone {
			r.gone = append(r.gone, old.Zone())
		} else {
			t.retireZone(old.Zone())
		}
	}
	if !does.zone && !does.cover {
		return
	}
	r.left = t.buckets
	if r.all = r.all || len(r.tops) == maxTops; !r.all {
		r.tops = append(r.tops, bytes.Clone(n.Name()))
	}
	if does.zone {
		t.rezone(rezoneAtOnce)
	}
}

// rezone goes on with the walk for some buckets. It reports whether every name
// knows where it stands.
func (t *table) rezone(buckets uint64) (done bool) {
	r := &t.rezoning
	if r.left == 0 {
		return true
	}
	for ; buckets > 0 && r.left > 0; buckets-- {
		t.eachIn(r.at, func(n Node, _, _ uint64) bool {
			if n.Flags()&Apex == 0 && r.concerns(n.Name()) {
				if s := t.derive(n); s != n.Spot() {
					memory(n).store32(nodeSpotOff, uint32(s))
				}
			}
			return true
		})
		r.at = (r.at + 1) % t.buckets
		r.left--
	}
	if r.left > 0 {
		return false
	}
	for _, index := range r.gone {
		t.retireZone(index)
	}
	r.tops, r.all, r.from, r.gone = nil, false, nil, nil
	r.ended = t.epochs.advance()
	return true
}

// concerns reports whether a name may stand elsewhere now.
func (r *rezoning) concerns(name []byte) bool {
	for _, top := range r.tops {
		if wire.IsSubdomain(name, top) {
			return true
		}
	}
	return r.all
}
