package engine

import (
	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// mark is a point of a reply to which it can be taken back.
type mark struct {
	n, labels, sets int
	an, ns, ar      uint16
}

func (r *reply) mark() mark { return mark{r.n, r.packer.n, r.sets, r.an, r.ns, r.ar} }

// rollback takes the reply back to m.
func (r *reply) rollback(m mark) {
	r.packer.forget(m.labels)
	r.n, r.sets, r.an, r.ns, r.ar = m.n, m.sets, m.an, m.ns, m.ar
}

// set adds a whole RRset to the section that count counts; false, and
// nothing added, if it does not fit.
func (r *reply) set(set snapshot.Set, owner int, name []byte, count *uint16) bool {
	start := r.mark()
	rest := set.Records()
	for range set.Count() {
		var rr []byte
		if rr, rest = snapshot.NextRecord(rest); rr == nil {
			break
		}
		if !r.record(owner, name, rr[2:]) {
			r.rollback(start)
			return false
		}
		*count++
		owner = r.owner
	}
	r.note(set.Type(), owner)
	return true
}

// one adds a single record, of which all but the owner is given, or sets TC if
// it does not fit.
func (r *reply) one(rr []byte, owner int, name []byte, count *uint16) bool {
	start := r.mark()
	if !r.record(owner, name, rr) {
		r.rollback(start)
		r.flags |= wire.FlagTC
		return false
	}
	*count++
	r.note(uint16(rr[0])<<8|uint16(rr[1]), r.owner)
	return true
}

// note remembers that the reply holds an RRset of that type, at the name that
// stands at owner.
func (r *reply) note(typ uint16, owner int) {
	if r.sets < len(r.have) {
		r.have[r.sets] = uint32(typ)<<16 | uint32(owner)
	}
	r.sets++
}

// holds reports whether the reply holds an RRset of that type, at the name that
// stands at owner, already; or so many others that nothing more belongs there.
func (r *reply) holds(typ uint16, owner int) bool {
	if r.sets > len(r.have) {
		return true
	}
	for _, h := range r.have[:r.sets] {
		if owner != 0 && h == uint32(typ)<<16|uint32(owner) {
			return true
		}
	}
	return false
}
