package engine

import (
	"encoding/binary"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// labelWord is a label's first octets in lower case, its length included: all
// of a label of up to seven, which is equal to another if the words are. b
// starts with the label.
func labelWord(b []byte) uint64 {
	n := min(int(b[0])+1, 8)
	if len(b) >= 8 {
		return wire.Lower8(binary.LittleEndian.Uint64(b) & (^uint64(0) >> (64 - 8*n)))
	}
	var w uint64
	for n = min(n, len(b)) - 1; n >= 0; n-- {
		w = w<<8 | uint64(b[n])
	}
	return wire.Lower8(w)
}

// sameName reports whether two names are equal but for the case of letters.
func sameName(a, b []byte) bool {
	if len(a) != len(b) {
		return false
	}
	for k := range a {
		if lower(a[k]) != lower(b[k]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if c-'A' < 26 {
		c += 'a' - 'A'
	}
	return c
}

// sameTail compares what labelWord leaves out of two labels of one length.
func sameTail(a, b []byte) bool {
	n := int(b[0]) + 1
	if n > len(a) || n > len(b) {
		return false
	}
	for k := 8; k < n; k++ {
		if lower(a[k]) != lower(b[k]) {
			return false
		}
	}
	return true
}
