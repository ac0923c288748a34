package wire

import (
	"encoding/binary"
	"math/bits"
)

// Limits of RFC 1035 section 2.3.4.
const (
	MaxName  = 255 // octets of a name in wire form, the root's zero included
	MaxLabel = 63  // octets of a label
)

// SkipName returns the offset just behind the uncompressed name that starts
// at off in msg. It returns 0 for a name that is cut short, longer than
// MaxName, or holds a compression pointer or an extended label type.
func SkipName(msg []byte, off int) int {
	limit := min(len(msg), off+MaxName)
	for off < limit {
		l := int(msg[off])
		if l == 0 {
			return off + 1
		}
		if l > MaxLabel {
			return 0
		}
		off += l + 1
	}
	return 0
}

// ValidName reports whether name is exactly one uncompressed name.
func ValidName(name []byte) bool { return len(name) > 0 && SkipName(name, 0) == len(name) }

// Labels counts the labels of a valid name, the root not counted.
func Labels(name []byte) int {
	n := 0
	for off := 0; off < len(name) && name[off] != 0; off += int(name[off]) + 1 {
		n++
	}
	return n
}

// Parent returns name without its first label, a slice of name itself. The
// parent of the root is nil.
func Parent(name []byte) []byte {
	if len(name) == 0 || name[0] == 0 {
		return nil
	}
	return name[int(name[0])+1:]
}

// IsSubdomain reports whether name is zone or lies below it. Both are in
// wire form and lower case.
func IsSubdomain(name, zone []byte) bool {
	for len(name) > len(zone) {
		name = Parent(name)
	}
	return len(name) == len(zone) && string(name) == string(zone)
}

const (
	lows  = 0x7f7f7f7f7f7f7f7f
	highs = 0x8080808080808080
	ones  = 0x0101010101010101
)

// Lower8 turns the octets A to Z of eight octets to lower case (RFC 4343).
// Label lengths are at most 63 and so never in that range: whole words of a
// name in wire form may be given.
func Lower8(w uint64) uint64 {
	low := w & lows
	isUpper := (low + (128-'A')*ones) &^ (low + (128-'Z'-1)*ones) &^ w & highs
	return w | isUpper>>2
}

// AppendLower appends name in lower case to dst.
func AppendLower(dst, name []byte) []byte {
	for len(name) >= 8 {
		dst = binary.LittleEndian.AppendUint64(dst, Lower8(binary.LittleEndian.Uint64(name)))
		name = name[8:]
	}
	for _, c := range name {
		if c-'A' < 26 {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

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
	h := seed ^ uint64(len(name))*hashK0
	i := 0
	for ; len(name) >= 8; name = name[8:] {
		w := Lower8(binary.LittleEndian.Uint64(name))
		n.Word[i&(Words-1)] = w
		h = mix(h^w, hashK1)
		i++
	}
	if len(name) > 0 {
		w := Lower8(tail(name))
		n.Word[i&(Words-1)] = w
		h = mix(h^w, hashK1)
	}
	return mix(h, hashK2)
}

// Hash is the name's hash under seed: what Set returned.
func (n *LowerName) Hash(seed uint64) uint64 {
	h := seed ^ uint64(n.Len)*hashK0
	for i := range (n.Len + 7) / 8 {
		h = mix(h^n.Word[i&(Words-1)], hashK1)
	}
	return mix(h, hashK2)
}

// Hash is the hash of a name of wire form, whatever its case, under seed: the
// same value that LowerName.Set returns.
func Hash(name []byte, seed uint64) uint64 {
	h := seed ^ uint64(len(name))*hashK0
	for ; len(name) >= 8; name = name[8:] {
		h = mix(h^Lower8(binary.LittleEndian.Uint64(name)), hashK1)
	}
	if len(name) > 0 {
		h = mix(h^Lower8(tail(name)), hashK1)
	}
	return mix(h, hashK2)
}

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

// tail reads the last one to seven octets of a name as a little-endian word.
func tail(b []byte) uint64 {
	var w uint64
	for i := len(b) - 1; i >= 0; i-- {
		w = w<<8 | uint64(b[i])
	}
	return w
}
