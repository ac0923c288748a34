package engine

import (
	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// maxHops bounds a chain of CNAMEs and DNAMEs.
const maxHops = 16

// target is the name that a chain has reached.
type target struct {
	name  []byte         // as it was asked, in the reply; stored, in the snapshot; or made
	lower wire.LowerName // of all but the name that was asked
	owner int            // where it stands in the reply; 0 if out of a pointer's reach
	hash  uint64
	seen  [maxHops]uint64           // hashes of the names that the chain has passed
	made  [2][2 * wire.MaxName]byte // room for names made by DNAMEs, in turn
}

// outcome is how a reply ends.
type outcome struct {
	verdict Verdict
	rcode   uint16
}

// resolve makes the reply to query i in the general case. node is the node of
// the name asked for, nil if there is none.
func (e *Engine) resolve(v *snapshot.View, b *Batch, i int, node snapshot.Node) {
	q, r, t := &b.query[i], &e.reply, &e.target
	r.start(b.Msg[i], q)
	r.flags = wire.FlagAA
	t.name = r.buf[wire.HeaderLen : q.end-4]
	t.owner, t.hash = wire.HeaderLen, b.hash[i]

	var o outcome
	for hop := 0; ; hop++ {
		var next bool
		if o, next = e.hop(v, b, i, node, hop); !next {
			break
		}
		node = v.Lookup(&t.lower, t.hash)
	}
	if o.verdict == Refused || o.verdict == ServFail {
		e.fail(b, i, o.verdict)
		return
	}
	if r.flags&wire.FlagTC != 0 {
		o.verdict = Truncated
	}
	b.Verdict[i] = o.verdict
	b.Msg[i] = e.finish(b, i, o.rcode)
}

// hop answers for the name that the chain has reached. next says that the
// chain goes on, at another name.
func (e *Engine) hop(v *snapshot.View, b *Batch, i int, node snapshot.Node, hop int) (o outcome, next bool) {
	q := &b.query[i]
	f := e.locate(v, e.target.name, node, q.qtype)
	switch f.place {
	case outside:
		if hop == 0 {
			return outcome{verdict: Refused}, false
		}
		return outcome{}, false
	case cut:
		e.refer(v, f, hop)
		return outcome{verdict: Referral}, false
	case renamed:
		o, next := e.rename(v, f, hop)
		return o, next && q.qtype != wire.TypeCNAME // the CNAME made is the answer
	case missing:
		e.negative(f.zone, hop)
		return outcome{verdict: NXDomain, rcode: wire.RcodeNXDomain}, false
	}
	sets := f.node.Sets(&e.room)
	set, cname := sets.Find(q.qtype), sets.Find(wire.TypeCNAME)
	switch {
	case set != nil:
		e.positive(v, b, i, f, set)
	case cname != nil:
		next = e.follow(v, cname, hop)
		return outcome{}, next && q.qtype != wire.TypeANY
	case q.qtype == wire.TypeANY && f.node.Flags()&snapshot.Empty == 0:
		e.any()
	default:
		e.negative(f.zone, hop)
		return outcome{verdict: NoData}, false
	}
	return outcome{}, false
}

// positive adds the RRset that was asked for.
func (e *Engine) positive(v *snapshot.View, b *Batch, i int, f found, set snapshot.Set) {
	r := &e.reply
	typ := set.Type()
	size := snapshot.AddrSize(typ)
	fits := false
	if typ == wire.TypeDNAME && r.holds(typ, e.target.hash) {
		fits = true // the chain has come through it
	} else if size != 0 && e.target.owner != 0 {
		fits = e.addressSet(v, b, i, set, size, e.target.owner)
	} else {
		fits = r.set(set, e.target.owner, e.target.name, &r.an)
	}
	if !fits {
		r.flags |= wire.FlagTC
		return
	}
	if e.full {
		if size != 0 {
			r.note(typ, e.target.hash)
		}
		e.surround(v, f, set)
	}
}

// surround adds the zone's NS RRset, unless it is the answer, and the
// addresses of the hosts that the answer and it name.
func (e *Engine) surround(v *snapshot.View, f found, set snapshot.Set) {
	r := &e.reply
	apex := f.zone.Apex()
	hash := e.path.lower.Set(apex, v.Seed())
	top := v.Lookup(&e.path.lower, hash)
	var servers snapshot.Set
	if top != nil {
		servers = top.Find(wire.TypeNS, &e.room)
	}
	isAnswer := set.Type() == wire.TypeNS && string(f.node.Name()) == string(apex)
	if servers != nil && !isAnswer {
		start := r.mark()
		if !r.set(servers, 0, apex, &r.ns) {
			r.rollback(start)
			servers = nil
		}
	}
	e.hosts(v, f, set)
	if servers != nil && !isAnswer {
		e.hosts(v, f, servers)
	}
}

// any answers a query for type ANY with one small record, HINFO "RFC8482" "".
// RFC 8482 section 4.2 allows it where there is no CNAME; one that is there is
// the answer instead (section 4.1).
func (e *Engine) any() {
	rr := [...]byte{0, wire.TypeHINFO, 0, wire.ClassIN, 0, 0, 0x0e, 0x10, 0, 9,
		7, 'R', 'F', 'C', '8', '4', '8', '2', 0}
	e.reply.one(rr[:], e.target.owner, e.target.name, &e.reply.an)
}

// refer adds the delegation below which the name lies, and the addresses of
// its servers that we hold (RFC 1034 section 4.3.2 step 3b).
func (e *Engine) refer(v *snapshot.View, f found, hop int) {
	r := &e.reply
	if hop == 0 {
		r.flags &^= wire.FlagAA
	}
	set := f.node.Find(wire.TypeNS, &e.room)
	if set == nil {
		return
	}
	name, owner := e.path.last(f.depth), 0
	if hop == 0 {
		owner = wire.HeaderLen + len(e.target.name) - len(name)
	}
	if !r.set(set, owner, name, &r.ns) {
		r.flags |= wire.FlagTC
		return
	}
	e.glue(v, f, set)
}
