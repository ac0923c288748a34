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
}

// ReadOPT reads the OPT record that starts at off and of which the whole lies
// in msg. It returns false if its owner is not the root or its options do not
// fill its rdata.
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
	for options := msg[off : off+rest]; len(options) > 0; {
		if len(options) < 4 {
			return OPT{}, false
		}
		n := 4 + int(binary.BigEndian.Uint16(options[2:]))
		if n > len(options) {
			return OPT{}, false
		}
		options = options[n:]
	}
	return o, true
}

// PutOPT writes an OPT record without options into b, of at least OPTLen
// octets: size is what we take, extended the high eight bits of the rcode.
func PutOPT(b []byte, size uint16, extended uint8, do bool) {
	b = b[:OPTLen]
	binary.BigEndian.PutUint64(b, TypeOPT<<40|uint64(size)<<24|uint64(extended)<<16)
	b[7], b[8], b[9], b[10] = 0, 0, 0, 0
	if do {
		b[7] = 0x80
	}
}
