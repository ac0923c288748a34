package snapshot

import (
	"encoding/binary"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// A node is a name and its records:
//
//	 0  u32  length of the node in octets, a multiple of 8
//	 4  u32  meta: name length in the low 8 bits, flags above
//	 8  u32  where the name stands: see spot
//	12  u32  the writer's own word: children and the mark of a synchronisation
//	16  name in wire form and lower case, filled up with zeros to 8 octets
//	..  RRsets, to the end of the node
//
// An RRset is
//
//	 0  u16  type
//	 2  u16  records
//	 4  u32  length of the RRset in octets, a multiple of 8
//	 8  the records, each as in a message: owner (a pointer to the question),
//	    type, class, TTL, length, rdata with uncompressed names
//	..  u32  per record the index of its address in the health table; only in
//	    A and AAAA RRsets of more than one record
//
// Numbers of the node are little-endian, those of the records in network order.
const (
	nodeLenOff    = 0
	nodeMetaOff   = 4
	nodeSpotOff   = 8
	nodeWriterOff = 12
	nodeNameOff   = 16

	setHeader = 8
	rrFixed   = 12 // octets of a record before its rdata
)

// Flags of a node.
type Flags uint32

// Flags. The writer may change Wild while readers look on.
const (
	Apex  Flags = 1 << (8 + iota) // holds a SOA: the top of a zone
	Cut                           // holds NS and no SOA: a delegation, unless outside our zones
	DName                         // holds a DNAME
	Wild                          // has a child "*"
	Empty                         // holds nothing; exists because of names below it
)

// Node is one name as it is stored: a slice of the mapping, valid until the
// core's next Enter or Leave. The zero Node means that there is none.
type Node []byte

// node cuts the node at off out of m; nil if it is not wholly inside.
func (m memory) node(off uint64) Node {
	if off < genHeaderSize || off+nodeNameOff > uint64(len(m)) {
		return nil
	}
	n := uint64(m.load32(off + nodeLenOff))
	end := off + n
	if n < nodeNameOff+8 || n > MaxNode || n%8 != 0 || end > uint64(len(m)) {
		return nil
	}
	return Node(m[off:end:end])
}

// Flags are the node's flags as they are now.
func (n Node) Flags() Flags { return Flags(memory(n).load32(nodeMetaOff)) }

// Zone is the index of the zone that the name belongs to, 0 for none.
func (n Node) Zone() uint32 { return n.Spot().Zone() }

// Spot is where the name stands.
func (n Node) Spot() Spot { return Spot(memory(n).load32(nodeSpotOff)) }

// Name is the name in wire form and lower case; nil in a damaged node.
func (n Node) Name() []byte {
	l := n.nameLen()
	if nodeNameOff+l > len(n) {
		return nil
	}
	return n[nodeNameOff : nodeNameOff+l]
}

func (n Node) nameLen() int { return int(uint8(memory(n).load32(nodeMetaOff))) }

// is reports whether the node's name is the given one, of lower case.
func (n Node) is(name *wire.LowerName) bool {
	if n.nameLen() != name.Len || nodeNameOff+(name.Len+7)&^7 > len(n) {
		return false
	}
	stored := memory(n).words64(nodeNameOff, uint64(name.Len+7)>>3)
	asked := name.Word[:len(stored)]
	var diff uint64
	for i, w := range stored {
		diff |= w ^ asked[i]
	}
	return diff == 0
}

// isLower is is for a name in lower case of l octets at the start of b, which
// holds 7 octets more.
func (n Node) isLower(b []byte, l int) bool {
	whole := (l + 7) &^ 7
	if n.nameLen() != l || nodeNameOff+whole > len(n) || whole > len(b) {
		return false
	}
	var diff uint64
	stored, asked := n[nodeNameOff:nodeNameOff+whole], b[:whole]
	for len(stored) > 8 && len(asked) > 8 {
		diff |= binary.LittleEndian.Uint64(stored) ^ binary.LittleEndian.Uint64(asked)
		stored, asked = stored[8:], asked[8:]
	}
	if len(stored) != 8 || len(asked) != 8 {
		return false
	}
	last := binary.LittleEndian.Uint64(asked) << (uint(whole-l) * 8 & 63)
	return diff == 0 && binary.LittleEndian.Uint64(stored)<<(uint(whole-l)*8&63) == last
}

// Sets is the RRsets of the node.
func (n Node) Sets() Sets {
	off := nodeNameOff + (n.nameLen()+7)&^7
	if off > len(n) {
		return nil
	}
	return Sets(n[off:])
}
