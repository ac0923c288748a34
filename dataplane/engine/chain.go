package engine

import (
	"encoding/binary"

	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// follow adds a CNAME and moves the target on to the name that it gives; false
// if the chain ends here: it does not fit, has come back to a name that it
// passed, or is too long.
func (e *Engine) follow(v *snapshot.View, set snapshot.Set, hop int) bool {
	rr, _ := snapshot.NextRecord(set.Records())
	if rr == nil {
		return false
	}
	return e.alias(v, rr, rr[12:], hop)
}

// alias adds the CNAME record rr, whose rdata is the name to.
func (e *Engine) alias(v *snapshot.View, rr, to []byte, hop int) bool {
	r, t := &e.reply, &e.target
	start := r.mark()
	if !r.record(t.owner, t.name, rr[2:]) {
		r.rollback(start)
		r.flags |= wire.FlagTC
		return false
	}
	r.an++
	if !wire.ValidName(to) || hop+1 >= maxHops {
		return false
	}
	t.seen[hop] = t.hash
	t.name, t.hash = to, t.lower.Set(to, v.Seed())
	t.owner = r.packer.last
	for _, h := range t.seen[:hop+1] {
		if h == t.hash {
			return false
		}
	}
	return true
}

// rename adds the DNAME f.node and the CNAME made from it (RFC 6672 section
// 3.1), and moves the target on to the new name.
func (e *Engine) rename(v *snapshot.View, f found, hop int) (outcome, bool) {
	r, t := &e.reply, &e.target
	set := f.node.Find(wire.TypeDNAME, &e.room)
	if set == nil {
		return outcome{verdict: ServFail}, false
	}
	dname, _ := snapshot.NextRecord(set.Records())
	if dname == nil {
		return outcome{verdict: ServFail}, false
	}
	owner := e.path.last(f.depth)
	if hash := e.path.lower.Set(owner, v.Seed()); !r.holds(wire.TypeDNAME, hash) {
		if !r.one(dname[2:], 0, owner, &r.an) {
			return outcome{}, false
		}
		r.note(wire.TypeDNAME, hash)
	}
	rr := t.made[hop&1][:] // t.name may lie in the other
	n := 12 + copy(rr[12:], t.name[:len(t.name)-len(owner)])
	if len(dname)-12 > 12+wire.MaxName-n {
		return outcome{rcode: rcodeYXDomain}, false
	}
	n += copy(rr[n:], dname[12:])
	copy(rr[:12], dname[:10]) // owner, type, class, TTL
	binary.BigEndian.PutUint16(rr[2:], wire.TypeCNAME)
	binary.BigEndian.PutUint16(rr[10:], uint16(n-12))
	return outcome{}, e.alias(v, rr[:n], rr[12:n], hop)
}

const rcodeYXDomain = 6 // RFC 6672 section 2.2: the new name is too long

// maxHosts bounds the hosts of an RRset whose addresses come with an answer:
// the client can ask for more.
const maxHosts = 64

// hosts adds the addresses that we hold for the first hosts which set names,
// of those that fit.
func (e *Engine) hosts(v *snapshot.View, f found, set snapshot.Set) {
	skip := 0
	switch set.Type() {
	case wire.TypeNS:
	case wire.TypeMX:
		skip = 2
	case wire.TypeSRV:
		skip = 6
	default:
		return
	}
	rest := set.Records()
	for range min(set.Count(), maxHosts) {
		var rr []byte
		if rr, rest = snapshot.NextRecord(rest); len(rr) <= 12+skip {
			return
		}
		if name := rr[12+skip:]; wire.ValidName(name) {
			e.host(v, f, name)
		}
	}
}

// glue adds the addresses that we hold for the servers of a delegation, of
// all of them, until TC is set because that of one below it did not fit.
func (e *Engine) glue(v *snapshot.View, f found, set snapshot.Set) {
	rest := set.Records()
	for range set.Count() {
		var rr []byte
		if rr, rest = snapshot.NextRecord(rest); len(rr) <= 12 || e.reply.flags&wire.FlagTC != 0 {
			return
		}
		if name := rr[12:]; wire.ValidName(name) {
			e.host(v, f, name)
		}
	}
}

// endsIn reports whether the name lies at or below zone, of lower case.
func endsIn(name, zone []byte) bool {
	for len(name) > len(zone) {
		name = wire.Parent(name)
	}
	return len(name) == len(zone) && sameName(name, zone)
}

// host adds the addresses of one host, where they may come with what f found.
func (e *Engine) host(v *snapshot.View, f found, name []byte) {
	r := &e.reply
	hash := e.path.lower.Set(name, v.Seed())
	node := v.Lookup(&e.path.lower, hash)
	if node == nil {
		node = e.path.covering(v, name)
	}
	if node == nil || !e.path.comesWith(v, f, name, node) {
		return
	}
	owner := r.names().find(r.buf, name)
	for _, typ := range [...]uint16{wire.TypeA, wire.TypeAAAA} {
		set := node.Find(typ, &e.room)
		if set == nil || r.holds(typ, hash) {
			continue
		}
		start := r.mark()
		if !r.set(set, owner, name, &r.ar) {
			r.rollback(start)
			if f.place == cut && endsIn(name, f.node.Name()) {
				r.flags |= wire.FlagTC // RFC 9471 section 3.1: without it nobody finds the server
			}
			return
		}
		r.note(typ, hash)
	}
}
