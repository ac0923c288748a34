package engine

import (
	"encoding/binary"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// Sizes of replies over UDP (RFC 6891 sections 6.2.3 and 6.2.5).
const (
	plainLimit = 512  // to clients without EDNS
	ourSize    = 1232 // what we announce, and the most that we send
)

// oneQuestion is the section counts of nearly every query, as one word; one
// record of additional data, the OPT, adds 1.
const oneQuestion = 1 << 48

// Of the eight octets from the flags on: QR, opcode and the counts of
// questions, answers and authority records, and what a query has there.
const (
	shapeMask = 0xf800_ffff_ffff_ffff
	shape     = 1 << 32
)

// scan reads query i of the batch, whose name wire.Scans has read, if it is of
// the usual shape: one question of class IN in lower case, and nothing behind
// it. It does not look whether the name is one: the look-up finds a name that
// equals it, or parse judges.
func (b *Batch) scan(i int) bool {
	msg, q, n := b.Msg[i], &b.query[i], int(b.length[i])
	b.length[i] = 0
	end := wire.HeaderLen + n + 4
	if n == 0 || end != len(msg) || binary.BigEndian.Uint64(msg[2:])&shapeMask != shape ||
		binary.BigEndian.Uint16(msg[10:]) != 0 {
		return false
	}
	question := binary.BigEndian.Uint32(msg[end-4:])
	if uint16(question) != wire.ClassIN || question>>16-1 >= wire.TypeOPT-1 {
		return false
	}
	q.end, q.qtype, q.limit = end, uint16(question>>16), b.plainRoom(msg)
	q.scanned, q.done, q.edns, q.do = true, false, false, false
	if q.qtype == wire.TypeA {
		b.length[i] = uint8(n)
	}
	return true
}

// plainRoom is the octets that the reply to a query without EDNS may take.
func (b *Batch) plainRoom(msg []byte) int {
	if b.Stream {
		return min(0xffff, cap(msg))
	}
	return min(plainLimit, cap(msg))
}

// parse reads query i of the batch, and answers it at once where that needs
// no look-up.
func (b *Batch) parse(i int, seed uint64) {
	msg, q := b.Msg[i], &b.query[i]
	b.hash[i] = 0
	q.done, q.scanned, q.edns, q.do = true, false, false, false
	if len(msg) < wire.HeaderLen || wire.Header(msg).Flags()&wire.FlagQR != 0 {
		b.Msg[i], b.Verdict[i] = nil, Ignored
		return
	}
	q.limit = b.plainRoom(msg)
	end := wire.SkipName(msg, wire.HeaderLen)
	q.end = end + 4
	counts := binary.BigEndian.Uint64(msg[4:])
	verdict := FormErr
	switch {
	case wire.Header(msg).Opcode() != 0:
		q.end = wire.HeaderLen
		verdict = NotImp
	case counts>>48 != 1 || end == 0 || q.end > len(msg):
		q.end = wire.HeaderLen
	case counts == oneQuestion && q.end == len(msg):
		verdict = Answered
	default:
		verdict = b.takeRest(i, counts)
	}
	if verdict == Answered {
		q.qtype = binary.BigEndian.Uint16(msg[end:])
		verdict = admit(q.qtype, binary.BigEndian.Uint16(msg[end+2:]))
	}
	if verdict != Answered {
		b.fail(i, verdict)
		return
	}
	q.done = false
	b.hash[i] = b.name[i].Set(msg[wire.HeaderLen:end], seed)
}

// takeRest reads what follows the question: nothing, or an OPT, or records
// that do not matter here. It returns Answered if all is well formed.
func (b *Batch) takeRest(i int, counts uint64) Verdict {
	msg, q := b.Msg[i], &b.query[i]
	records := int(counts>>32&0xffff + counts>>16&0xffff + counts&0xffff)
	additional := int(counts & 0xffff)
	off, opt := q.end, 0
	for ; records > 0; records-- {
		typ, _, end := wire.SkipRecord(msg, off)
		if end == 0 {
			return FormErr
		}
		if typ == wire.TypeOPT {
			if opt != 0 || records > additional {
				return FormErr // RFC 6891 section 6.1.1: one OPT, in the additional section
			}
			opt = off
		}
		off = end
	}
	if off != len(msg) {
		return FormErr
	}
	if opt == 0 {
		return Answered
	}
	return b.takeOPT(i, opt)
}

// takeOPT reads the OPT record at off.
func (b *Batch) takeOPT(i, off int) Verdict {
	msg, q := b.Msg[i], &b.query[i]
	opt, ok := wire.ReadOPT(msg, off)
	if !ok {
		return FormErr
	}
	q.edns, q.do = true, opt.DO
	if !b.Stream {
		q.limit = min(max(plainLimit, int(opt.Size)), ourSize, cap(msg))
	}
	if opt.Version != 0 {
		return BadVers
	}
	return Answered
}

// admit returns Answered for the types and classes that are looked up.
// Transfers and classes other than IN and ANY are refused.
func admit(qtype, class uint16) Verdict {
	if class != wire.ClassIN && class != wire.ClassANY {
		return Refused
	}
	switch qtype {
	case wire.TypeAXFR, wire.TypeIXFR:
		return Refused
	case wire.TypeOPT, 0:
		return FormErr
	case 249, 250, 253, 254: // TKEY, TSIG, MAILB, MAILA: not for questions
		return NotImp
	}
	return Answered
}

var rcodes = [NumVerdicts]uint16{Refused: wire.RcodeRefused, ServFail: wire.RcodeServFail,
	FormErr: wire.RcodeFormErr, NotImp: wire.RcodeNotImp, BadVers: wire.RcodeBadVers,
	NXDomain: wire.RcodeNXDomain}

// fail answers query i with the rcode of the verdict: header, the question as
// far as it was understood, and OPT for OPT.
func (b *Batch) fail(i int, verdict Verdict) {
	q := &b.query[i]
	b.Verdict[i], q.done = verdict, true
	r := reply{buf: b.Msg[i][:cap(b.Msg[i])], n: q.end, end: q.limit}
	b.Msg[i] = r.finish(q, rcodes[verdict])
}
