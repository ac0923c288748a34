package snapshot

import (
	"encoding/binary"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// A node is a name and its records:
//
//	 0  u32  meta: name length in the low 8 bits, flags, and from bit 14 the length
//	         of the node in units of 8 octets
//	 4  u32  where the name stands: see spot
//	 8  u32  the writer's own word: children and the mark of a synchronisation
//	12  name in wire form and lower case, filled up with zeros to 8 octets of the node
//	..  RRsets, to the end of the node; one of them at the least takes 8 octets,
//	    which an empty node has too
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
// Most names have one A record and nothing else. Such a node says so with the flag
// OneAddress, and holds TTL and address in the place of RRsets: with a name of up to
// 44 octets it is one cache line.
//
// Numbers of the node are little-endian, those of the records in network order.
const (
	nodeMetaOff   = 0
	nodeSpotOff   = 4
	nodeWriterOff = 8
	nodeNameOff   = 12

	nodeLenShift = 14
	nodeLeast    = 8 // octets behind the name

	setHeader = 8
	rrFixed   = 12 // octets of a record before its rdata
)

// Flags of a node.
type Flags uint32

// Flags. The writer may change Wild while readers look on.
const (
	Apex       Flags = 1 << (8 + iota) // holds a SOA: the top of a zone
	Cut                                // holds NS and no SOA: a delegation, unless outside our zones
	DName                              // holds a DNAME
	Wild                               // has a child "*"
	Empty                              // holds nothing; exists because of names below it
	OneAddress                         // holds one A record and nothing else
)

// Node is one name as it is stored: a slice of the mapping, valid until the
// core's next Enter or Leave. The zero Node means that there is none.
type Node []byte

// node cuts the node at off out of m; nil if it is not wholly inside.
func (m memory) node(off uint64) Node {
	if off < genHeaderSize || off+nodeNameOff > uint64(len(m)) {
		return nil
	}
	n := uint64(m.load32(off+nodeMetaOff)) >> nodeLenShift * 8
	end := off + n
	if n < nodeNameOff+nodeLeast || n > MaxNode || end > uint64(len(m)) {
		return nil
	}
	return Node(m[off:end:end])
}

// newMeta is the first word of a node of size octets.
func newMeta(nameLen int, flags Flags, size uint64) uint32 {
	return uint32(nameLen) | uint32(flags) | uint32(size)/8<<nodeLenShift
}

// bodyOff is where the records of a node begin whose name has l octets.
func bodyOff(l int) int { return (nodeNameOff + l + 7) &^ 7 }

// Flags are the node's flags as they are now.
func (n Node) Flags() Flags { return Flags(memory(n).load32(nodeMetaOff)) & (2*OneAddress - Apex) }

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
	l := name.Len
	if n.nameLen() != l || nodeNameOff+(l+7)&^7 > len(n) {
		return false
	}
	var diff uint64
	stored := n[nodeNameOff:]
	for i := range l >> 3 {
		diff |= binary.LittleEndian.Uint64(stored[8*i:]) ^ name.Word[i&(wire.Words-1)]
	}
	if rest := uint(l & 7); rest != 0 {
		last := binary.LittleEndian.Uint64(stored[l&^7:]) ^ name.Word[l>>3&(wire.Words-1)]
		diff |= last << (64 - 8*rest)
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

// Room is where the RRset of a node with the flag OneAddress is put together.
// What Sets and Find return may lie in it: it is the caller's, and in use as long.
type Room [setHeader + RecordLen]byte

// Sets is the RRsets of the node.
func (n Node) Sets(room *Room) Sets {
	off := bodyOff(n.nameLen())
	flags := n.Flags()
	switch {
	case flags&Empty != 0 || off+nodeLeast > len(n):
		return nil
	case flags&OneAddress != 0:
		binary.LittleEndian.PutUint64(room[:], oneA)
		putOneRecord(room[setHeader:], n[off:])
		return room[:]
	}
	return Sets(n[off:])
}

// Find is the RRset of a type; nil if there is none. It writes to room only for
// the one A record that is asked for.
func (n Node) Find(typ uint16, room *Room) Set {
	if n.Flags()&OneAddress != 0 && typ != wire.TypeA {
		return nil
	}
	return n.Sets(room).Find(typ)
}
