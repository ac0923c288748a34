package snapshot

import "encoding/binary"

// A zone's block holds what every answer of that zone may need:
//
//	 0  u32  length of the block, a multiple of 8
//	 4  u32  length of the apex's name
//	 8  u32  length of the negative SOA
//	12  u32  length of the packed SOA; 0: there is none
//	16  the apex's name in wire form and lower case, filled up to 8 octets
//	..  the SOA for negative answers (RFC 2308 section 3): type, class, TTL =
//	    min(TTL, MINIMUM), length, rdata; without the owner; filled up to 8 octets
//	..  the packed SOA: see PackedSOA
const (
	zoneNameLenOff   = 4
	zoneSOALenOff    = 8
	zonePackedLenOff = 12
	zoneNameOff      = 16
)

// Zone is a zone's block: a slice of the mapping, valid like a Node.
type Zone []byte

// zoneAt cuts the block at off out; nil if it is not wholly inside, or its
// lengths do not fit it.
func (v *View) zoneAt(off uint64) Zone {
	if off < v.arena || off+zoneNameOff > uint64(len(v.mem)) {
		return nil
	}
	size := uint64(v.mem.load32(off))
	if size < zoneNameOff || size > MaxNode || off+size > uint64(len(v.mem)) {
		return nil
	}
	z := Zone(v.mem[off : off+size : off+size])
	if z.packedOff()+z.len(zonePackedLenOff) > len(z) {
		return nil
	}
	return z
}

func (z Zone) len(off int) int {
	return int(min(MaxNode, binary.LittleEndian.Uint32(z[off:])))
}

func (z Zone) soaOff() int { return zoneNameOff + (z.len(zoneNameLenOff)+7)&^7 }

// Apex is the zone's name in wire form and lower case.
func (z Zone) Apex() []byte { return z[zoneNameOff : zoneNameOff+z.len(zoneNameLenOff)] }

// NegativeSOA is the SOA record for negative answers without its owner.
func (z Zone) NegativeSOA() []byte {
	off := z.soaOff()
	return z[off : off+z.len(zoneSOALenOff)]
}

func (z Zone) packedOff() int { return z.soaOff() + (z.len(zoneSOALenOff)+7)&^7 }

// PackedSOA is the SOA record for negative answers as it stands in a message,
// with pointers to the apex at its start and at the offsets mname and rname:
// what they point to is filled in by who knows where the apex stands. It is nil
// where one of the names lies outside of the zone.
func (z Zone) PackedSOA() (rr []byte, mname, rname int) {
	n := z.len(zonePackedLenOff)
	if n < packedHeader+rrFixed {
		return nil, 0, 0
	}
	off := z.packedOff()
	p := z[off : off+n]
	rr = p[packedHeader:]
	mname, rname = int(binary.LittleEndian.Uint16(p)), int(binary.LittleEndian.Uint16(p[2:]))
	if max(mname, rname)+2 > len(rr) {
		return nil, 0, 0
	}
	return rr, mname, rname
}

const packedHeader = 4 // two u16: the offsets
