package engine

import (
	"encoding/binary"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// keptFlags are the bits of a query that its reply repeats: the opcode and RD
// (RFC 1035 section 4.1.1). CD is cleared, as RFC 4035 section 3.1.6 wants it in
// authoritative replies.
const keptFlags = 0xf<<11 | wire.FlagRD

// reply is a reply under way: buf[:n] is written.
type reply struct {
	buf      []byte // the memory of the message, with all its capacity
	n        int
	end      int // n does not pass it
	flags    uint16
	an       uint16
	ns       uint16
	ar       uint16
	question int  // offset behind the question
	named    bool // the packer knows the question
	owner    int  // where the owner of the record written last stands; 0 if out of a pointer's reach
	packer   packer
	sets     int // RRsets that note has been told of: have[:sets]
	have     [maxHops + 1 + 4*maxHosts]rrset
}

// rrset identifies an RRset. Seeded hashes of 64 bits are as good as names here,
// and there is one of the root too, and of names that no pointer reaches.
type rrset struct {
	hash uint64 // of the owner
	typ  uint16
}

// start makes r the reply to q: header and question stay as they are, and
// room for the OPT is set aside.
func (r *reply) start(msg []byte, q *query) {
	r.buf, r.n, r.end = msg[:cap(msg)], q.end, q.limit-q.opt
	r.question, r.named = q.end, false
	r.flags, r.an, r.ns, r.ar = 0, 0, 0, 0
	r.sets = 0
}

// finish writes the OPT and the header of the reply to query i, and returns
// the message.
func (e *Engine) finish(b *Batch, i int, rcode uint16) []byte {
	q, r := &b.query[i], &e.reply
	if q.opt != 0 {
		wire.PutOPT(r.buf[r.n:], uint16(e.udpSize), uint8(rcode>>4), q.do, uint16(q.opt-wire.OPTLen))
		r.n += wire.OPTLen
		r.ar++
		if q.opt > wire.OPTLen {
			e.putOptions(b, i)
		}
	}
	if q.anyClass {
		r.flags &^= wire.FlagAA
	}
	h := wire.Header(r.buf)
	h.SetFlags(h.Flags()&keptFlags | wire.FlagQR | r.flags | rcode&0xf)
	questions := uint64(oneQuestion)
	if q.end == wire.HeaderLen {
		questions = 0
	}
	binary.BigEndian.PutUint64(r.buf[4:], questions|uint64(r.an)<<32|uint64(r.ns)<<16|uint64(r.ar))
	return r.buf[:r.n]
}
