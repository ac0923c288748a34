package engine

import (
	"encoding/binary"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// names is the packer, which knows the question from its first use on: most
// replies have no other name.
func (r *reply) names() *packer {
	if !r.named {
		r.named = true
		r.packer.question(r.buf[wire.HeaderLen : r.question-4])
	}
	return &r.packer
}

// name writes a name at the end of the reply, compressed as far as a suffix
// of it is known; false if it does not fit.
func (r *reply) name(name []byte) bool {
	p := r.names()
	k := p.split(name)
	if k < 0 {
		return false
	}
	label := uint16(0)
	for ; k > 0; k-- {
		next := p.child(r.buf, label, name[p.at[k-1]:])
		if next == 0 {
			break
		}
		label = next
	}
	start, own := r.n, int(p.at[k])
	if start+own+2 > r.end && (label != 0 || start+own+1 > r.end) {
		return false
	}
	r.n += copy(r.buf[start:], name[:own])
	if label == 0 {
		r.buf[r.n] = 0
		r.n++
	} else {
		binary.BigEndian.PutUint16(r.buf[r.n:], p.label[label].off|pointerTag)
		r.n += 2
	}
	p.last = int(p.label[label].off)
	if k > 0 {
		p.extend(label, name, k, start)
	}
	return true
}

// extend remembers the first k labels of a name, which were written out at
// start, before the known label.
func (p *packer) extend(label uint16, name []byte, k, start int) {
	p.last = 0
	if start <= maxPointer {
		p.last = start
	}
	for known := true; known && k > 0; k-- {
		label = p.add(label, name[p.at[k-1]:], start+int(p.at[k-1]))
		known = label != 0
	}
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

// record writes a record of which all but the owner is given, its owner as a
// pointer to owner, or written out if owner is 0 and name is given; false if it
// does not fit. r.owner is where the owner stands, then.
func (r *reply) record(owner int, name, rr []byte) bool {
	if r.owner = owner; owner != 0 {
		if r.n+2 > r.end {
			return false
		}
		binary.BigEndian.PutUint16(r.buf[r.n:], uint16(owner)|pointerTag)
		r.n += 2
	} else {
		if !r.name(name) {
			return false
		}
		r.owner = r.packer.last
	}
	fixed := r.n
	if r.n+10 > r.end || len(rr) < 10 {
		return false
	}
	r.n += copy(r.buf[r.n:], rr[:10])
	if !r.rdata(binary.BigEndian.Uint16(rr), rr[10:]) {
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
