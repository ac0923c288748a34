package engine

import (
	"encoding/binary"

	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// negative adds the SOA that tells for how long there is no such thing (RFC
// 2308 section 3).
func (e *Engine) negative(zone snapshot.Zone, hop int) {
	r := &e.reply
	if hop == 0 && r.packedSOA(zone, e.target.name) {
		return
	}
	start := r.mark()
	if r.record(0, zone.Apex(), zone.NegativeSOA()) {
		r.ns++
	} else {
		r.rollback(start)
		r.flags |= wire.FlagTC
	}
}

// packedSOA adds the zone's SOA to a reply that holds nothing but the
// question, of a name in the zone; false if the SOA is not prepared, or does not
// fit.
func (r *reply) packedSOA(zone snapshot.Zone, name []byte) bool {
	soa, mname, rname := zone.PackedSOA()
	apex := wire.HeaderLen + len(name) - len(zone.Apex())
	if soa == nil || r.n+len(soa) > r.end || apex < wire.HeaderLen {
		return false
	}
	rr := r.buf[r.n : r.n+len(soa)]
	copy(rr, soa)
	for _, at := range [...]int{0, mname, rname} {
		binary.BigEndian.PutUint16(rr[at:], pointerTag|uint16(apex))
	}
	r.n += len(soa)
	r.ns++
	return true
}
