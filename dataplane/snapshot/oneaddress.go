package snapshot

import (
	"encoding/binary"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// Record is an A record as in a message, its owner a pointer to the question.
type Record = [recordLen]byte

const recordLen = rrFixed + 4

// nameAt is where a name stands in a message: behind the header. nameRoom is
// the octets of it that OneAddresses may look at.
const (
	nameAt   = wire.HeaderLen
	nameRoom = 64
)

// oneA is the header of an RRset of type A with one record. RRsets stand in
// the order of their types: none but A comes before others.
const oneA = wire.TypeA | 1<<16 | (setHeader+recordLen)<<32

// OneAddresses does Homes and Candidates for a batch of queries, and looks which
// of them ask for type A and have a candidate that is the name asked for and
// holds one A record, with nothing above it that can matter: it puts the offset
// of this record, the whole answer to most queries, into record; 0 says that there
// is more to look at. The candidates are in off afterwards. The messages, length
// and hash are what wire.Questions read; a length of 0 stands for a query
// of which only the candidate is wanted.
func (v *View) OneAddresses(hash, off []uint64, msg [][]byte, length []uint8, record []uint64) {
	v.oneAddresses(hash, off, msg, length, record)
}

// oneAddressesGo is OneAddresses for any processor.
func (v *View) oneAddressesGo(hash, off []uint64, msg [][]byte, length []uint8, record []uint64) {
	v.Homes(hash, off)
	v.Candidates(hash, off)
	for i, l := range length {
		record[i] = 0
		if l != 0 && binary.BigEndian.Uint16(msg[i][nameAt+int(l):]) == wire.TypeA {
			record[i] = v.oneAddress(off[i], msg[i][nameAt:nameAt+nameRoom], int(l))
		}
	}
}

func (v *View) oneAddress(candidate uint64, b []byte, l int) uint64 {
	n := v.mem.node(candidate)
	set := nodeNameOff + (l+7)&^7
	if set+setHeader+recordLen > len(n) || !n.isLower(b, l) || binary.LittleEndian.Uint64(n[set:]) != oneA ||
		!v.Plain(n.Spot()) {
		return 0
	}
	return candidate + uint64(set) + setHeader
}

// Record is the record that OneAddresses found at an offset.
func (v *View) Record(off uint64) *Record { return (*Record)(v.mem[off : off+recordLen]) }
