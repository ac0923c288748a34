package snapshot

import (
	"encoding/binary"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// RecordLen is the octets of an A record as in a message, its owner a pointer to
// the question.
const RecordLen = rrFixed + 4

// nameAt is where a name stands in a message: behind the header. nameRoom is
// the octets of it that OneAddresses may look at.
const (
	nameAt   = wire.HeaderLen
	nameRoom = 64
)

// oneA is the header of an RRset of type A with one record.
const oneA = wire.TypeA | 1<<16 | (setHeader+RecordLen)<<32

// isOneAddress reports whether the RRsets of a node are one A record.
func isOneAddress(body Sets) bool {
	return len(body) == setHeader+RecordLen && binary.LittleEndian.Uint64(body) == oneA
}

// putOneRecord puts the A record of TTL and address, 8 octets of a node with the
// flag OneAddress, at the start of b.
func putOneRecord(b, body []byte) {
	_, _ = b[RecordLen-1], body[7]
	binary.BigEndian.PutUint64(b, questionPointer<<48|wire.TypeA<<32|wire.ClassIN<<16)
	copy(b[6:10], body)
	binary.BigEndian.PutUint16(b[10:], 4)
	copy(b[rrFixed:RecordLen], body[4:])
}

// OneAddresses does Homes and Candidates for a batch of queries, and looks which
// of them ask for type A and have a candidate that is the name asked for and
// holds one A record, with nothing above it that can matter. It puts this record,
// the whole answer to most queries, behind the message, in its capacity, and 1
// into found; 0 says that there is more to look at. The candidates are in off
// afterwards. The messages, length and hash are what wire.Questions read, which
// saw that there is room; a length of 0 stands for a query of which only the
// candidate is wanted.
func (v *View) OneAddresses(hash, off []uint64, msg [][]byte, length, found []uint8) {
	v.oneAddresses(hash, off, msg, length, found)
}

// oneAddressesGo is OneAddresses for any processor.
func (v *View) oneAddressesGo(hash, off []uint64, msg [][]byte, length, found []uint8) {
	v.Homes(hash, off)
	v.Candidates(hash, off)
	for i, l := range length {
		found[i] = 0
		if m := msg[i]; l != 0 && binary.BigEndian.Uint16(m[nameAt+int(l):]) == wire.TypeA {
			if body := v.oneAddress(off[i], m[nameAt:nameAt+nameRoom], int(l)); body != nil {
				putOneRecord(m[len(m):cap(m)], body)
				found[i] = 1
			}
		}
	}
}

// oneAddress is TTL and address of a candidate that is the name of l octets at
// the start of b; nil if there is more to look at.
func (v *View) oneAddress(candidate uint64, b []byte, l int) []byte {
	n := v.mem.node(candidate)
	body := bodyOff(l)
	if body+nodeLeast > len(n) || !n.isLower(b, l) || n.Flags()&OneAddress == 0 || !v.Plain(n.Spot()) {
		return nil
	}
	return n[body:][:nodeLeast]
}
