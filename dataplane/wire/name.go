package wire

import "encoding/binary"

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
