package engine

import (
	"encoding/binary"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// keptFlags are the bits of a query that its reply repeats: the opcode, RD
// and CD (RFC 1035 section 4.1.1, RFC 4035 section 3.1.6).
const keptFlags = 0xf<<11 | wire.FlagRD | wire.FlagCD

// reply is a reply under way: buf[:n] is written.
type reply struct {
	buf    []byte // the memory of the message, with all its capacity
	n      int
	end    int // n does not pass it
	flags  uint16
	an     uint16
	ns     uint16
	ar     uint16
	packer packer
}

// start makes r the reply to q: header and question stay as they are, and
// room for the OPT is set aside.
func (r *reply) start(msg []byte, q *query) {
	r.buf, r.n, r.end = msg[:cap(msg)], q.end, q.limit
	if q.edns {
		r.end -= wire.OPTLen
	}
	r.flags, r.an, r.ns, r.ar = 0, 0, 0, 0
	r.packer.n = 0
}

// finish writes the OPT and the header, and returns the message.
func (r *reply) finish(q *query, rcode uint16) []byte {
	if q.edns {
		wire.PutOPT(r.buf[r.n:], ourSize, uint8(rcode>>4), q.do)
		r.n += wire.OPTLen
		r.ar++
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
