package engine

import "github.com/ipdcode/skydns/dataplane/wire"

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
