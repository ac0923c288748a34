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
	h := seed
	i := 0
	for ; len(name) >= 16; name = name[16:] {
		w0 := Lower8(binary.LittleEndian.Uint64(name))
		w1 := Lower8(binary.LittleEndian.Uint64(name[8:]))
		n.Word[i&(Words-1)] = w0
		n.Word[(i+1)&(Words-1)] = w1
		h = step(h, w0, w1)
		i += 2
	}
	if len(name) > 0 {
		w0, w1 := tail(name)
		w0, w1 = Lower8(w0), Lower8(w1)
		n.Word[i&(Words-1)] = w0
		n.Word[(i+1)&(Words-1)] = w1
		h = step(h, w0, w1)
	}
	return finish(h, n.Len)
}

// Hash is the name's hash under seed: what Set returned.
func (n *LowerName) Hash(seed uint64) uint64 {
	h := seed
	for i := 0; i < n.Len; i += 16 {
		h = step(h, n.Word[i>>3&(Words-1)], n.Word[(i>>3+1)&(Words-1)])
	}
	return finish(h, n.Len)
}

// The hash takes 16 octets of the name in lower case a step, filled up with
// zeros at the end, and then the name's length.
func step(h, w0, w1 uint64) uint64 { return mix(h^w0, hashK1^w1) }

func finish(h uint64, length int) uint64 { return mix(h^uint64(length)*hashK0, hashK2) }

const (
	hashK0 = 0x9e3779b97f4a7c15
	hashK1 = 0xa0761d6478bd642f
	hashK2 = 0xe7037ed1a0b428db
)

// mix folds the 128-bit product of a and b: every bit of a reaches both
// halves of the result.
func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// tail reads the last one to fifteen octets of a name as two little-endian
// words.
func tail(b []byte) (w0, w1 uint64) {
	if len(b) >= 8 {
		w0 = binary.LittleEndian.Uint64(b)
		return w0, short(b[8:])
	}
	return short(b), 0
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
