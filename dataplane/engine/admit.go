package engine

import (
	"encoding/binary"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// admit returns Answered for the types and classes that are looked up, and for
// what it answers itself: cookies without a question, and class CHAOS.
// Transfers and other classes are refused.
func (e *Engine) admit(b *Batch, i int) Verdict {
	msg, q := b.Msg[i], &b.query[i]
	if q.end == wire.HeaderLen {
		return e.cookieAlone(b, i)
	}
	q.qtype = binary.BigEndian.Uint16(msg[q.end-4:])
	class := binary.BigEndian.Uint16(msg[q.end-2:])
	switch q.qtype {
	case wire.TypeAXFR, wire.TypeIXFR:
		return Refused
	case wire.TypeOPT, 0:
		return FormErr
	case 249, 250, 253, 254: // TKEY, TSIG, MAILB, MAILA: not for questions
		return NotImp
	}
	switch class {
	case wire.ClassCHAOS:
		return e.chaos(b, i)
	case wire.ClassIN, wire.ClassANY:
		q.anyClass = class == wire.ClassANY
		q.done = false
		return Answered
	}
	return Refused
}

// cookieAlone answers a query that has no question but wants a cookie.
func (e *Engine) cookieAlone(b *Batch, i int) Verdict {
	if b.options[i].cookieState == badCookie {
		return BadCookie
	}
	e.reply.start(b.Msg[i], &b.query[i])
	b.Verdict[i] = Answered
	b.Msg[i] = e.finish(b, i, wire.RcodeNoError)
	return Answered
}

var rcodes = [NumVerdicts]uint16{Refused: wire.RcodeRefused, ServFail: wire.RcodeServFail,
	FormErr: wire.RcodeFormErr, NotImp: wire.RcodeNotImp, BadVers: wire.RcodeBadVers,
	NXDomain: wire.RcodeNXDomain, BadCookie: wire.RcodeBadCookie, QueryLimit: wire.RcodeRefused}

// fail answers query i with the rcode of the verdict: header, the question as
// far as it was understood, and OPT for OPT.
func (e *Engine) fail(b *Batch, i int, verdict Verdict) {
	q := &b.query[i]
	b.Verdict[i], q.done = verdict, true
	e.reply.start(b.Msg[i], q)
	b.Msg[i] = e.finish(b, i, rcodes[verdict])
}
