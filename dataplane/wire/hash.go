package wire

import (
	"encoding/binary"
	"math/bits"
)

// Words is how many 8-octet words a name fills.
const Words = (MaxName + 7) / 8

// LowerName is a name in lower case as words, the last one filled up with
// zeros, and its length in octets.
type LowerName struct {
	Len  int
	Word [Words]uint64
}

// Set takes over name, of at most MaxName octets, in lower case. It returns
// the name's hash under seed, made in the same pass.
func (n *LowerName) Set(name []byte, seed uint64) uint64 {
	n.Len = len(name)
	var sum uint64
	key := firstKey(seed)
	i := 0
	for ; len(name) >= 8; name = name[8:] {
		w := Lower8(binary.LittleEndian.Uint64(name))
		n.Word[i&(Words-1)] = w
		sum += term(w, key)
		key = nextKey(key)
		i++
	}
	if len(name) > 0 {
		w := Lower8(short(name))
		n.Word[i&(Words-1)] = w
		sum += term(w, key)
	}
	return finish(sum, n.Len)
}

// Hash is the name's hash under seed: what Set returned.
func (n *LowerName) Hash(seed uint64) uint64 {
	var sum uint64
	key := firstKey(seed)
	for i := 0; i < n.Len; i += 8 {
		sum += term(n.Word[i>>3&(Words-1)], key)
		key = nextKey(key)
	}
	return finish(sum, n.Len)
}

// The hash is NH (Black et al., UMAC, 1999): each 8 octets of the name in lower
// case, filled up with zeros at the end, add the product of their halves, to
// which those of a key are added first. No word waits for the one before, and
// processors multiply several at once. The keys follow from the seed: whoever
// does not know that cannot choose names that collide.
func term(w, key uint64) uint64 {
	return uint64(uint32(w)+uint32(key)) * uint64(uint32(w>>32)+uint32(key>>32))
}

// firstKey is odd, and so are those that follow: none is zero, under which a
// word with a half of zeros, as names often end in, would count for nothing.
func firstKey(seed uint64) uint64 { return mix(seed^hashMul, hashMix) | 1 }

func nextKey(key uint64) uint64 { return key * hashMul }

// finish spreads the sum over all bits, and takes in the name's length.
func finish(sum uint64, length int) uint64 { return mix(sum^uint64(length)*hashMul, hashMix) }

const (
	hashMul = 0x9e3779b97f4a7c15
	hashMix = 0xe7037ed1a0b428db
)

// mix folds the 128-bit product of a and b: every bit of a reaches both
// halves of the result.
func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// short reads up to seven octets.
func short(b []byte) uint64 {
	switch {
	case len(b) >= 4:
		return uint64(binary.LittleEndian.Uint32(b)) |
			uint64(binary.LittleEndian.Uint32(b[len(b)-4:]))<<(8*(len(b)-4))
	case len(b) > 0:
		return uint64(b[0]) | uint64(b[len(b)/2])<<(8*(len(b)/2)) | uint64(b[len(b)-1])<<(8*(len(b)-1))
	}
	return 0
}
