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
// it does not know: b holds no zero that 15 octets follow, or perhaps letters
// of upper case. Whether the octets are a name, with lengths that fit, is
// not looked at: they are if they equal one.
func scan(b []byte, seed uint64) (n int, hash uint64) {
	h := seed
	var upper uint64
	for ; len(b) >= 16; b = b[16:] {
		w0, w1 := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
		// The lowest bit set is in the first octet that is zero.
		z0, z1 := (w0-ones)&^w0&highs, (w1-ones)&^w1&highs
		if z0|z1 == 0 {
			upper |= w0&^(w0<<1) | w1&^(w1<<1)
			h = step(h, w0, w1)
			n += 16
			continue
		}
		// No branch on which word ends the name: lengths differ from query to
		// query (BenchmarkAnswer).
		none0 := -(1 - (z0|-z0)>>63) // all ones if w0 has no zero
		t0 := bits.TrailingZeros64(z0)
		t1 := bits.TrailingZeros64(z1) & 63
		w0 &= uint64(1)<<(t0&^7) - 1
		w1 &= (uint64(1)<<(t1&^7) - 1) & none0
		n += t0>>3 + 1 + t1>>3&int(none0)
		upper |= w0&^(w0<<1) | w1&^(w1<<1)
		// A letter of upper case has bit 6 set and bit 5 clear. So have a few
		// other octets, "_" among them.
		if upper&(0x40*ones) != 0 {
			return 0, 0
		}
		return n, finish(step(h, w0, w1), n)
	}
	return 0, 0
}
