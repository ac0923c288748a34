package wire

import "encoding/binary"

// SkipRecordName returns the offset behind the name of a record that starts
// at off, which may end in a compression pointer (RFC 1035 section 4.1.4); 0
// if it is cut short. The pointer is not followed.
func SkipRecordName(msg []byte, off int) int {
	for off < len(msg) {
		l := int(msg[off])
		switch {
		case l == 0:
			return off + 1
		case l >= 0xc0:
			if off+2 > len(msg) {
				return 0
			}
			return off + 2
		case l > MaxLabel:
			return 0
		}
		off += l + 1
	}
	return 0
}

// SkipRecord returns the type of the record that starts at off, the offset of
// its rdata and the offset behind it; end is 0 if the record is cut short.
func SkipRecord(msg []byte, off int) (typ uint16, rdata, end int) {
	off = SkipRecordName(msg, off)
	if off == 0 || off+10 > len(msg) {
		return 0, 0, 0
	}
	rdata = off + 10
	end = rdata + int(binary.BigEndian.Uint16(msg[off+8:]))
	if end > len(msg) {
		return 0, 0, 0
	}
	return binary.BigEndian.Uint16(msg[off:]), rdata, end
}
