package frame

import (
	"encoding/binary"
	"math/bits"
)

// Sums names the two checksums of a frame: those that a device has found
// right (Parse) or that it fills in (Reply).
type Sums uint8

// The checksums, to be combined with |.
const (
	SumIP  Sums = 1 << iota // of the IPv4 header
	SumUDP                  // of UDP and its pseudo-header
)

// The Internet checksum (RFC 1071) is the same in either octet order but for
// the order of its own two octets. So everything here is summed as
// little-endian words of 32 bits, whose carries gather in the upper half of 64,
// and stored likewise.

var le = binary.LittleEndian

// add is the sum of s and the octets of b, the last word filled with zeros.
// b has at least 8 octets.
func add(s uint64, b []byte) uint64 {
	// The odd octets at the end: the last 8 without those of the words before.
	n := uint(len(b))
	odd := le.Uint64(b[n-8:]) >> (-n % 8 * 8)
	if n%8 == 0 {
		odd = 0
	}
	s += halves(odd)
	for len(b) >= 32 {
		w := (*[32]byte)(b)
		s += uint64(le.Uint32(w[0:])) + uint64(le.Uint32(w[4:]))
		s += uint64(le.Uint32(w[8:])) + uint64(le.Uint32(w[12:]))
		s += uint64(le.Uint32(w[16:])) + uint64(le.Uint32(w[20:]))
		s += uint64(le.Uint32(w[24:])) + uint64(le.Uint32(w[28:]))
		b = b[32:]
	}
	for len(b) >= 8 {
		s += halves(le.Uint64(b))
		b = b[8:]
	}
	return s
}

// halves is the sum of a word's two 32-bit words.
func halves(w uint64) uint64 { return w>>32 + w&(1<<32-1) }

// fold brings a sum below 1<<48 down to the 16 bits of a checksum.
func fold(s uint64) uint16 {
	w, carry := bits.Add32(uint32(s), uint32(s>>32), 0)
	w += carry
	w += bits.RotateLeft32(w, 16)
	return uint16(w >> 16)
}

// pseudoTail is the protocol and the length of both pseudo-headers (RFC 768
// and RFC 8200 section 8.1) for n octets of UDP.
func pseudoTail(n int) uint64 {
	return protoUDP<<8 | uint64(bits.ReverseBytes16(uint16(n)))<<16
}
