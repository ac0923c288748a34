package engine

import "math/bits"

// sipState is SipHash-2-4 under way (Aumasson and Bernstein 2012).
type sipState struct{ v0, v1, v2, v3 uint64 }

// sipStart is the state under a secret of two words, little-endian.
func sipStart(secret [2]uint64) sipState {
	k0, k1 := secret[0], secret[1]
	return sipState{k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d,
		k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573}
}

// word takes up the next eight octets, little-endian. The last word of a
// message holds what is left and, in its high octet, the message's length.
func (s *sipState) word(m uint64) {
	s.v3 ^= m
	s.round()
	s.round()
	s.v0 ^= m
}

// sum ends the hash.
func (s *sipState) sum() uint64 {
	s.v2 ^= 0xff
	for range 4 {
		s.round()
	}
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3
}

func (s *sipState) round() {
	s.v0 += s.v1
	s.v1 = bits.RotateLeft64(s.v1, 13) ^ s.v0
	s.v0 = bits.RotateLeft64(s.v0, 32)
	s.v2 += s.v3
	s.v3 = bits.RotateLeft64(s.v3, 16) ^ s.v2
	s.v0 += s.v3
	s.v3 = bits.RotateLeft64(s.v3, 21) ^ s.v0
	s.v2 += s.v1
	s.v1 = bits.RotateLeft64(s.v1, 17) ^ s.v2
	s.v2 = bits.RotateLeft64(s.v2, 32)
}
