package snapshot

import "encoding/binary"

// A zone's block holds what every answer of that zone may need:
//
//	 0  u32  length of the block, a multiple of 8
//	 4  u32  length of the apex's name
//	 8  u32  length of the negative SOA
//	12  u32  free
//	16  2 × u64  a bit per number of labels at which the zone has a cut or a DNAME
//	32  the apex's name in wire form and lower case, filled up to 8 octets
//	..  the SOA for negative answers (RFC 2308 section 3): type, class, TTL =
//	    min(TTL, MINIMUM), length, rdata; without the owner
const (
	zoneNameLenOff = 4
	zoneSOALenOff  = 8
	zoneCutsOff    = 16
	zoneNameOff    = 32
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
	if z.soaOff()+z.len(zoneSOALenOff) > len(z) {
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

// CutAt reports whether the zone has a cut or a DNAME at a name of that many
// labels.
func (z Zone) CutAt(labels int) bool {
	w := memory(z).load64(zoneCutsOff + uint64(labels>>6&1)*8)
	return w>>(labels&63)&1 != 0
}

// HasCuts reports whether the zone has any cut or DNAME.
func (z Zone) HasCuts() bool {
	return memory(z).load64(zoneCutsOff)|memory(z).load64(zoneCutsOff+8) != 0
}
