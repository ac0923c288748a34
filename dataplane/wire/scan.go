package wire

import (
	"encoding/binary"
	"math/bits"
)

const (
	scanned  = 64                           // the most octets of a name that Questions knows
	scanRoom = HeaderLen + scanned + 4 + 16 // the least memory of a message that it reads
)

// Of the eight octets from the flags on: QR, opcode and the counts of
// questions, answers and authority records, and what a query has there.
const (
	shapeMask = 0xf800_ffff_ffff_ffff
	shape     = 1 << 32
)

// questionsGo is Questions for any processor.
func questionsGo(msg [][]byte, seed uint64, length []uint8, qtype []uint16, hash []uint64) {
	for i, m := range msg {
		length[i] = 0
		if len(m) < HeaderLen+5 || cap(m) < scanRoom || binary.BigEndian.Uint64(m[2:])&shapeMask != shape ||
			binary.BigEndian.Uint16(m[10:]) != 0 {
			continue
		}
		n, h := scan(m[HeaderLen:HeaderLen+scanned], seed)
		if n == 0 || HeaderLen+n+4 != len(m) || binary.BigEndian.Uint16(m[len(m)-2:]) != ClassIN {
			continue
		}
		length[i], qtype[i], hash[i] = uint8(n), binary.BigEndian.Uint16(m[len(m)-4:]), h
	}
}

// Question is Questions for one message with a record of additional data,
// which nearly always is an OPT: the length and the hash of the name asked for;
// 0 for other messages.
func Question(msg []byte, seed uint64) (n int, hash uint64) {
	if len(msg) < HeaderLen+5 || cap(msg) < scanRoom || binary.BigEndian.Uint64(msg[2:])&shapeMask != shape ||
		binary.BigEndian.Uint16(msg[10:]) != 1 {
		return 0, 0
	}
	n, hash = scan(msg[HeaderLen:HeaderLen+scanned], seed)
	if end := HeaderLen + n + 4; n == 0 || end > len(msg) || binary.BigEndian.Uint16(msg[end-2:]) != ClassIN {
		return 0, 0
	}
	return n, hash
}

// scan takes the octets of b up to the first zero for a name in lower case,
// as nearly all names in queries are, and returns their number, the zero
// included, and the hash that LowerName.Set gives for them. It returns 0 where
// it does not know: b, of a multiple of 8 octets, holds no zero, or perhaps
// letters of upper case. Whether the octets are a name, with lengths that fit, is
// not looked at: they are if they equal one.
func scan(b []byte, seed uint64) (n int, hash uint64) {
	var sum, upper uint64
	key := firstKey(seed)
	for ; len(b) >= 8; b = b[8:] {
		w := binary.LittleEndian.Uint64(b)
		// The lowest bit set is in the first octet that is zero.
		zero := (w - ones) &^ w & highs
		if zero == 0 {
			upper |= w &^ (w << 1)
			sum += term(w, key)
			key = nextKey(key)
			n += 8
			continue
		}
		t := bits.TrailingZeros64(zero)
		w &= uint64(1)<<(t&^7) - 1
		n += t>>3 + 1
		upper |= w &^ (w << 1)
		// A letter of upper case has bit 6 set and bit 5 clear. So have a few
		// other octets, "_" among them.
		if upper&(0x40*ones) != 0 {
			return 0, 0
		}
		return n, finish(sum+term(w, key), n)
	}
	return 0, 0
}
