package wire

import "encoding/binary"

// OPTLen is the length of an OPT record without options (RFC 6891 section
// 6.1.2).
const OPTLen = 11

// OPT is what an OPT record says.
type OPT struct {
	Size    uint16 // octets of UDP payload that the sender can take
	Version uint8
	DO      bool
	Options []byte // the rdata, a slice of the message: see ValidOptions
}

// EndsInOPT reports whether an OPT record that the root owns is all that stands
// from off on.
func EndsInOPT(msg []byte, off int) bool {
	return off+OPTLen <= len(msg) && binary.BigEndian.Uint32(msg[off:])>>8 == TypeOPT &&
		int(binary.BigEndian.Uint16(msg[off+9:])) == len(msg)-off-OPTLen
}

// ReadOPT reads the OPT record that starts at off and of which the whole lies
// in msg. It returns false if its owner is not the root.
func ReadOPT(msg []byte, off int) (OPT, bool) {
	if off+OPTLen > len(msg) || msg[off] != 0 {
		return OPT{}, false
	}
	fixed := msg[off : off+OPTLen]
	o := OPT{Size: binary.BigEndian.Uint16(fixed[3:]), Version: fixed[6], DO: fixed[7]&0x80 != 0}
	rest := int(binary.BigEndian.Uint16(fixed[9:]))
	if off += OPTLen; off+rest > len(msg) {
		return OPT{}, false
	}
	o.Options = msg[off : off+rest]
	return o, true
}

// ValidOptions reports whether options follow each other to the end of an OPT
// record's rdata.
func ValidOptions(options []byte) bool {
	for len(options) > 0 {
		if len(options) < 4 {
			return false
		}
		n := 4 + int(binary.BigEndian.Uint16(options[2:]))
		if n > len(options) {
			return false
		}
		options = options[n:]
	}
	return true
}

// PutOPT writes an OPT record into b, of at least OPTLen octets, but for its
// options, which take as many octets behind it as options says: size is what
// we take, extended the high eight bits of the rcode.
func PutOPT(b []byte, size uint16, extended uint8, do bool, options uint16) {
	b = b[:OPTLen]
	binary.BigEndian.PutUint64(b, TypeOPT<<40|uint64(size)<<24|uint64(extended)<<16)
	b[7], b[8] = 0, 0
	binary.BigEndian.PutUint16(b[9:], options)
	if do {
		b[7] = 0x80
	}
}
