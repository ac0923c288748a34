package engine

import (
	"encoding/binary"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// packer knows the names that stand in a reply, to point to them (RFC 1035
// section 4.1.4). It remembers where labels start, the first ones of a
// message only: what it does not remember is written out.
type packer struct {
	n  int
	at [96]uint16
}

const (
	maxPointer = 0x3fff // the highest offset that a pointer can hold
	pointerTag = 0xc000
)

// remember takes up the labels of a name that was written out at off, up to
// the root or a pointer.
func (p *packer) remember(msg []byte, off int) {
	for off < len(msg) && msg[off] != 0 && msg[off] < 0xc0 && off <= maxPointer && p.n < len(p.at) {
		p.at[p.n] = uint16(off)
		p.n++
		off += int(msg[off]) + 1
	}
}

// find returns the offset of a name equal to name but for the case of
// letters, 0 if none is known.
func (p *packer) find(msg, name []byte) int {
	for _, off := range p.at[:p.n] {
		if sameName(msg, int(off), name) {
			return int(off)
		}
	}
	return 0
}

// sameName reports whether the name at off, which may end in a pointer
// backwards, equals name but for the case of letters.
func sameName(msg []byte, off int, name []byte) bool {
	for hops := 0; off < len(msg) && len(name) > 0; {
		l := int(msg[off])
		if l >= 0xc0 {
			if hops++; hops > 8 || off+2 > len(msg) {
				return false
			}
			off = int(binary.BigEndian.Uint16(msg[off:])) & maxPointer
			continue
		}
		if l != int(name[0]) || off+1+l > len(msg) || 1+l > len(name) {
			return false
		}
		if l == 0 {
			return true
		}
		for k := 1; k <= l; k++ {
			if lower(msg[off+k]) != lower(name[k]) {
				return false
			}
		}
		off, name = off+1+l, name[1+l:]
	}
	return false
}

func lower(c byte) byte {
	if c-'A' < 26 {
		c += 'a' - 'A'
	}
	return c
}

// name writes a name at the end of the reply, compressed as far as a suffix
// of it is known; false if it does not fit.
func (r *reply) name(name []byte) bool {
	start, rest := r.n, name
	for len(rest) > 0 && rest[0] != 0 {
		if at := r.packer.find(r.buf[:start], rest); at != 0 {
			if r.n+2 > r.end {
				return false
			}
			binary.BigEndian.PutUint16(r.buf[r.n:], uint16(at)|pointerTag)
			r.n += 2
			r.packer.remember(r.buf[:r.n], start)
			return true
		}
		l := int(rest[0]) + 1
		if r.n+l > r.end || l > len(rest) {
			return false
		}
		r.n += copy(r.buf[r.n:], rest[:l])
		rest = rest[l:]
	}
	if r.n+1 > r.end {
		return false
	}
	r.buf[r.n] = 0
	r.n++
	r.packer.remember(r.buf[:r.n], start)
	return true
}

// compressible says where in the rdata of a type its compressible names lie:
// prefix octets before them, and how many follow each other (RFC 3597
// section 4: the types of RFC 1035 only).
func compressible(typ uint16) (prefix, names int) {
	switch typ {
	case wire.TypeNS, wire.TypeCNAME, wire.TypePTR, 3, 4, 7, 8, 9: // MD, MF, MB, MG, MR
		return 0, 1
	case wire.TypeSOA, 14: // MINFO
		return 0, 2
	case wire.TypeMX:
		return 2, 1
	}
	return 0, 0
}

// record writes a stored record, its owner as a pointer to owner, or written
// out if owner is 0 and name is given; false if it does not fit.
func (r *reply) record(owner int, name, rr []byte) bool {
	if owner != 0 {
		if r.n+2 > r.end {
			return false
		}
		binary.BigEndian.PutUint16(r.buf[r.n:], uint16(owner)|pointerTag)
		r.n += 2
	} else if !r.name(name) {
		return false
	}
	fixed := r.n
	if r.n+10 > r.end {
		return false
	}
	r.n += copy(r.buf[r.n:], rr[2:12])
	if !r.rdata(binary.BigEndian.Uint16(rr[2:]), rr[12:]) {
		return false
	}
	binary.BigEndian.PutUint16(r.buf[fixed+8:], uint16(r.n-fixed-10))
	return true
}

// rdata writes rdata of a type with its names compressed.
func (r *reply) rdata(typ uint16, data []byte) bool {
	prefix, names := compressible(typ)
	if names > 0 && len(data) > prefix {
		if r.n+prefix > r.end {
			return false
		}
		r.n += copy(r.buf[r.n:], data[:prefix])
		data = data[prefix:]
		for ; names > 0; names-- {
			end := wire.SkipName(data, 0)
			if end == 0 || !r.name(data[:end]) {
				return false
			}
			data = data[end:]
		}
	}
	if r.n+len(data) > r.end {
		return false
	}
	r.n += copy(r.buf[r.n:], data)
	return true
}
