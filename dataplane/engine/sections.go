package engine

import (
	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// mark is a point of a reply to which it can be taken back.
type mark struct {
	n, known   int
	an, ns, ar uint16
}

func (r *reply) mark() mark { return mark{r.n, r.packer.n, r.an, r.ns, r.ar} }

// rollback takes the reply back to m.
func (r *reply) rollback(m mark) {
	r.n, r.packer.n, r.an, r.ns, r.ar = m.n, m.known, m.an, m.ns, m.ar
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
		if !r.record(owner, name, rr) {
			r.rollback(start)
			return false
		}
		*count++
		if owner == 0 {
			owner = r.packer.find(r.buf[:r.n], name)
		}
	}
	return true
}

// one adds a single record, or sets TC if it does not fit.
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

// known reports whether the reply holds a record of that type and owner
// already.
func (r *reply) known(typ uint16, name []byte) bool {
	off := wire.SkipName(r.buf, wire.HeaderLen) + 4
	for range int(r.an) + int(r.ns) + int(r.ar) {
		have, _, end := wire.SkipRecord(r.buf[:r.n], off)
		if end == 0 {
			return false
		}
		if have == typ && sameName(r.buf[:r.n], off, name) {
			return true
		}
		off = end
	}
	return false
}
