package engine

import (
	"slices"

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
	return true
}

// note remembers that the reply holds an RRset of that type, at the name of
// that hash. There is room for all that may come twice: the servers of a
// delegation, of which there may be more, are different names.
func (r *reply) note(typ uint16, hash uint64) {
	if r.sets < len(r.have) {
		r.have[r.sets] = rrset{hash, typ}
		r.sets++
	}
}

// holds reports whether note has been told of an RRset.
func (r *reply) holds(typ uint16, hash uint64) bool {
	return slices.Contains(r.have[:r.sets], rrset{hash, typ})
}
