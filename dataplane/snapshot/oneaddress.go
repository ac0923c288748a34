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

// oneAddressesGo is OneAddresses for any processor.
func (v *View) oneAddressesGo(off []uint64, msg [][]byte, length []uint8, record []uint64) {
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
