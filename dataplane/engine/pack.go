package engine

import (
	"encoding/binary"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// packer knows the names that stand in a reply, to point to them (RFC 1035
// section 4.1.4): as a tree of labels with the root above, so that the longest
// known suffix of a name is found by one step a label. It remembers the first
// labels of a message only: what it does not remember is written out.
type packer struct {
	n     int                 // labels remembered: label[1:n+1]
	heads [packHeads]uint16   // of the lists of labels with equal hashes; 0: empty
	label [packLabels]known   // index 0 stands for the root
	at    [wire.MaxName]uint8 // scratch: where the labels of a name start
	first int                 // labels of the question: what is never forgotten
	last  int                 // offset of the name written last; 0 if out of a pointer's reach
}

const (
	packHeads  = 128
	packLabels = 2048 // about what replies have within a pointer's reach

	maxPointer = 0x3fff // the highest offset that a pointer can hold
	pointerTag = 0xc000
)

// known is a label in the reply.
type known struct {
	word   uint64 // see labelWord
	off    uint16 // of the label, and so of the name that it starts
	parent uint16 // the label that follows
	next   uint16 // in the list of its hash
}

// forget takes back what was remembered since there were n labels.
func (p *packer) forget(n int) {
	for n = max(n, p.first); p.n > n; p.n-- {
		l := &p.label[p.n]
		p.heads[bucket(l.word, l.parent)] = l.next
	}
}

// bucket is the list for a label below a parent.
func bucket(word uint64, parent uint16) uint64 {
	return (word ^ uint64(parent)*0xa0761d6478bd642f) * 0x9e3779b97f4a7c15 >> 57
}

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

// child is the label below parent that equals the one at the start of b; 0 if
// it is not known.
func (p *packer) child(msg []byte, parent uint16, b []byte) uint16 {
	word := labelWord(b)
	for i := p.heads[bucket(word, parent)]; i != 0; i = p.label[i].next {
		l := &p.label[i]
		if l.word == word && l.parent == parent && (b[0] < 8 || sameTail(msg[l.off:], b)) {
			return i
		}
	}
	return 0
}

// add remembers a label that stands at off; 0 if there is no room for it, or
// no pointer reaches it.
func (p *packer) add(parent uint16, b []byte, off int) uint16 {
	if p.n+1 >= packLabels || off > maxPointer {
		return 0
	}
	p.n++
	word := labelWord(b)
	head := &p.heads[bucket(word, parent)]
	p.label[p.n] = known{word: word, off: uint16(off), parent: parent, next: *head}
	*head = uint16(p.n)
	return *head
}

// split finds the labels of a name and returns their number; -1 if it is not
// exactly one name.
func (p *packer) split(name []byte) int {
	n, off := 0, 0
	for off < len(name) && off < wire.MaxName {
		p.at[n] = uint8(off)
		l := int(name[off])
		if l == 0 {
			if off+1 != len(name) {
				return -1
			}
			return n
		}
		if l > wire.MaxLabel {
			return -1
		}
		n++
		off += l + 1
	}
	return -1
}

// find is the offset of a name; 0 if it is not known.
func (p *packer) find(msg, name []byte) int {
	label := uint16(0)
	for k := p.split(name) - 1; k >= 0; k-- {
		if label = p.child(msg, label, name[p.at[k]:]); label == 0 {
			return 0
		}
	}
	return int(p.label[label].off)
}

// question remembers the name of the question, before any other.
func (p *packer) question(name []byte) {
	p.n = 0
	clear(p.heads[:])
	label := uint16(0)
	for k := p.split(name) - 1; k >= 0; k-- {
		if label = p.add(label, name[p.at[k]:], wire.HeaderLen+int(p.at[k])); label == 0 {
			break
		}
	}
	p.first = p.n
}

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
