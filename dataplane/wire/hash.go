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

// Scan takes the octets of b up to the first zero for a name in lower case,
// as nearly all names in queries are, and returns their number, the zero
// included, and the hash that LowerName.Set gives for them. It returns 0 where
// it does not know: b holds no zero that 15 octets follow, or perhaps letters
// of upper case. Whether the octets are a name, with lengths that fit, is
// not looked at: they are if they equal one.
func Scan(b []byte, seed uint64) (n int, hash uint64) {
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

// scanned is the most octets of a name that Scans knows.
const scanned = 64

// scansGo is Scans for any processor.
func scansGo(msg [][]byte, seed uint64, length []uint8, hash []uint64) {
	for i, m := range msg {
		length[i] = 0
		if cap(m) >= HeaderLen+scanned {
			n, h := Scan(m[HeaderLen:HeaderLen+scanned], seed)
			length[i], hash[i] = uint8(n), h
		}
	}
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
