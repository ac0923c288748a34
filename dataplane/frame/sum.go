package frame

import (
	"math/bits"
	"unsafe"
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
// the order of its own two octets, and in words of any length. So everything
// here is summed as little-endian words of 64 bits, and stored likewise.

// plus is the ones-complement sum of two words.
func plus(a, b uint64) uint64 {
	s, c := bits.Add64(a, b, 0)
	return s + c
}

// sum is the ones-complement sum of s and the n octets at p, the last word
// filled with zeros. The 16 octets before p are of the frame too: of the 32 at
// the end, those that are not there are read from before and masked out, for
// lengths differ from frame to frame and a branch would often be guessed wrong.
func sum(s uint64, p unsafe.Pointer, n int) uint64 {
	var c uint64
	for ; n >= 32; n -= 32 {
		s, c = bits.Add64(s, load64(p, 0), c)
		s, c = bits.Add64(s, load64(p, 8), c)
		s, c = bits.Add64(s, load64(p, 16), c)
		s, c = bits.Add64(s, load64(p, 24), c)
		p = unsafe.Add(p, 32)
	}
	has16, has8, odd := n>>4&1, n>>3&1, n&7
	p = unsafe.Add(p, has16<<4)
	s, c = bits.Add64(s, load64(p, -16)&-uint64(has16), c)
	s, c = bits.Add64(s, load64(p, -8)&-uint64(has16), c)
	p = unsafe.Add(p, has8<<3)
	s, c = bits.Add64(s, load64(p, -8)&-uint64(has8), c)
	// The last word is shifted twice: by 64 altogether if there is none.
	last := load64(p, odd-8) >> 8 >> (56 - 8*odd)
	s, c = bits.Add64(s, last, c)
	s, c = bits.Add64(s, 0, c)
	return s + c
}

// fold brings a ones-complement sum of 64-bit words down to 16 bits.
func fold(s uint64) uint16 {
	s += bits.RotateLeft64(s, 32)
	w := uint32(s >> 32)
	w += bits.RotateLeft32(w, 16)
	return uint16(w >> 16)
}

// pseudoTail is the protocol and the length of both pseudo-headers (RFC 768
// and RFC 8200 section 8.1) for n octets of UDP.
func pseudoTail(n int) uint64 {
	return protoUDP<<8 | uint64(bits.ReverseBytes16(uint16(n)))<<16
}
