package publish

import (
	"encoding/binary"

	"github.com/ipdcode/skydns/control/record"
)

// octets are what packed items lie in.
type octets interface{ string | []byte }

// item is one RR.
type item[T octets] struct {
	rrtype uint16
	ttl    uint32
	data   T
}

// appendItem packs an RR of a key: 8 octets that identify the key, the RR.
func appendItem(b []byte, id uint64, rr record.RR) []byte {
	return appendRR(binary.LittleEndian.AppendUint64(b, id), rr)
}

// appendRR packs an RR without its name: 2 octets of type, the TTL and the
// length of the data as varints, the data.
func appendRR(b []byte, rr record.RR) []byte {
	b = binary.LittleEndian.AppendUint16(b, rr.Type)
	b = binary.AppendUvarint(b, uint64(rr.TTL))
	b = binary.AppendUvarint(b, uint64(len(rr.Data)))
	return append(b, rr.Data...)
}

// unpack is the first item of what appendItem made, its key and its size.
func unpack[T octets](s T) (it item[T], id uint64, size int) {
	it, size = unpackRR(s[8:])
	return it, littleEndian64(s), 8 + size
}

// unpackRR is the first RR of what appendRR made, and its size.
func unpackRR[T octets](s T) (item[T], int) {
	ttl, at := uvarint(s, 2)
	size, at := uvarint(s, at)
	end := at + int(size)
	return item[T]{rrtype: uint16(s[0]) | uint16(s[1])<<8, ttl: uint32(ttl), data: s[at:end]}, end
}

func littleEndian64[T octets](s T) (v uint64) {
	for i := 7; i >= 0; i-- {
		v = v<<8 | uint64(s[i])
	}
	return v
}

// uvarint reads a varint at an offset, and gives the offset behind it.
func uvarint[T octets](s T, at int) (uint64, int) {
	var v uint64
	for shift := 0; ; shift += 7 {
		c := s[at]
		at++
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return v, at
		}
	}
}
