package engine

import (
	"encoding/binary"

	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// Sizes of replies over UDP (RFC 6891 sections 6.2.3 and 6.2.5).
const (
	plainLimit = 512  // to clients without EDNS
	ourSize    = 1232 // what we announce, and the most that we send, unless configured
	maxUDPSize = 4096 // that can be configured
)

// oneQuestion is the section counts of nearly every query, as one word; one
// record of additional data, the OPT, adds 1.
const oneQuestion = 1 << 48

// take fills in query i if wire.Questions has read it: what the plain A record
// that answers most of these does not need. It does not look whether the name is
// one: the look-up finds a name that equals it, or parse judges.
func (e *Engine) take(v *snapshot.View, b *Batch, i int) {
	n, t := int(b.length[i]), b.qtype[i]
	switch {
	case n == 0:
	case t-1 < wire.TypeOPT-1 || t-wire.TypeOPT-1 < firstMeta-wire.TypeOPT-1:
		b.query[i] = query{end: wire.HeaderLen + n + 4, limit: b.plainRoom(b.Msg[i]), qtype: t, scanned: true}
	default:
		b.length[i] = 0
		e.parse(v, b, i)
	}
}

// takeWithOPT fills in query i if it is as take wants it but for an OPT behind
// it. Like take it leaves it open whether the name is one. It returns false if
// the query is another, or wrong: parse judges.
func (e *Engine) takeWithOPT(v *snapshot.View, b *Batch, i int, seed uint64) bool {
	msg := b.Msg[i]
	n, hash := wire.Question(msg, seed)
	end := wire.HeaderLen + n + 4
	if n == 0 || !wire.EndsInOPT(msg, end) {
		return false
	}
	t := binary.BigEndian.Uint16(msg[end-4:])
	if t-1 >= wire.TypeOPT-1 && t-wire.TypeOPT-1 >= firstMeta-wire.TypeOPT-1 {
		return false
	}
	b.query[i] = query{end: end, limit: b.plainRoom(msg), qtype: t, scanned: true}
	b.hash[i] = hash
	return e.takeOPT(v, b, i, end) == Answered
}

// firstMeta is where the types that are only for questions begin (RFC 6895
// section 3.1).
const firstMeta = 128

// plainRoom is the octets that the reply to a query without EDNS may take.
func (b *Batch) plainRoom(msg []byte) int {
	if b.Stream {
		return min(0xffff, cap(msg))
	}
	return min(plainLimit, cap(msg))
}

// parse reads query i of the batch, and answers it at once where that needs
// no look-up. v is nil before the first complete snapshot.
func (e *Engine) parse(v *snapshot.View, b *Batch, i int) {
	msg, q := b.Msg[i], &b.query[i]
	b.hash[i] = 0
	q.done, q.scanned, q.opt, q.do, q.anyClass = true, false, 0, false, false
	if len(msg) < wire.HeaderLen || wire.Header(msg).Flags()&wire.FlagQR != 0 {
		b.Msg[i], b.Verdict[i] = nil, Ignored
		return
	}
	q.limit = b.plainRoom(msg)
	verdict := e.takeMessage(v, b, i)
	if wire.Header(msg).Opcode() != 0 {
		verdict = NotImp
	}
	if verdict == Answered {
		verdict = e.admit(b, i)
	}
	switch {
	case verdict != Answered:
		e.fail(b, i, verdict)
	case !q.done:
		var seed uint64
		if v != nil {
			seed = v.Seed()
		}
		b.hash[i] = b.name[i].Set(msg[wire.HeaderLen:q.end-4], seed)
	}
}

// takeMessage reads question and OPT of query i. It returns Answered if all is
// well formed. A message without a question is, where it asks for a cookie (RFC
// 7873 section 5.4).
func (e *Engine) takeMessage(v *snapshot.View, b *Batch, i int) Verdict {
	msg, q := b.Msg[i], &b.query[i]
	q.end = wire.HeaderLen
	counts := binary.BigEndian.Uint64(msg[4:])
	switch counts >> 48 {
	case 0:
		if verdict := e.takeRest(v, b, i, counts, q.end); verdict != Answered {
			return verdict
		}
		if q.opt == 0 || b.options[i].cookieState == noCookie {
			return FormErr
		}
		return Answered
	case 1:
	default: // RFC 9619; the OPT is wanted all the same, for the client hears of it in one (RFC 6891 section 7)
		if off := skipQuestions(msg, int(counts>>48)); off != 0 {
			e.takeRest(v, b, i, counts, off)
		}
		return FormErr
	}
	end := wire.SkipName(msg, wire.HeaderLen)
	if end == 0 || end+4 > len(msg) {
		return FormErr
	}
	q.end = end + 4
	switch {
	case counts == oneQuestion && q.end == len(msg):
		return Answered
	case counts == oneQuestion+1 && wire.EndsInOPT(msg, q.end):
		return e.takeOPT(v, b, i, q.end)
	}
	return e.takeRest(v, b, i, counts, q.end)
}

// skipQuestions is the offset behind n questions; 0 if there are fewer.
func skipQuestions(msg []byte, n int) int {
	off := wire.HeaderLen
	for ; n > 0; n-- {
		if off = wire.SkipRecordName(msg, off); off == 0 || off+4 > len(msg) {
			return 0
		}
		off += 4
	}
	return off
}
