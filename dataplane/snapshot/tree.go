package snapshot

import (
	"encoding/binary"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// The names form a tree: every name's parent exists, up to the root, as an
// Empty node where it holds nothing itself. A search for the closest encloser
// (RFC 4592 section 3.3.1) may therefore halve the number of labels at each
// step. A parent is reachable before its first child and until after its
// last.

// The writer's word of a node.
const (
	childMask = 1<<31 - 1
	markBit   = 1 << 31 // the synchronisation that last saw the name: see Writer.BeginSync
)

// lowerOf is a stored or lower-cased name as words.
func lowerOf(name []byte) *wire.LowerName {
	n := new(wire.LowerName)
	n.Set(name, 0)
	return n
}

// bytesOf is the octets of a name.
func bytesOf(n *wire.LowerName) []byte {
	b := make([]byte, 0, wire.MaxName+8) // of a constant size, so that it need not be on the heap
	for _, w := range n.Word[:(n.Len+7)/8] {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return b[:n.Len]
}

// isRoot reports whether a name is the root, which has no parent.
func isRoot(n *wire.LowerName) bool { return n.Len == 1 }

// ensureRoot makes the node of the root.
func (t *table) ensureRoot() error {
	root := lowerOf([]byte{0})
	hash := root.Hash(t.seed)
	if t.Lookup(root, hash) != nil {
		return nil
	}
	off, err := t.newNode(root, hash, nodeHead{flags: Empty}, nil)
	if err != nil {
		return err
	}
	return t.link(hash, off)
}

// ensureParent returns the parent of name, and makes it and its own parents
// where they do not exist. The root is its own parent.
func (t *table) ensureParent(name *wire.LowerName) (Node, error) {
	if isRoot(name) {
		return t.Lookup(name, name.Hash(t.seed)), nil
	}
	parent := lowerOf(wire.Parent(bytesOf(name)))
	hash := parent.Hash(t.seed)
	if n := t.Lookup(parent, hash); n != nil {
		return n, nil
	}
	above, err := t.ensureParent(parent)
	if err != nil {
		return nil, err
	}
	off, err := t.newNode(parent, hash, nodeHead{flags: Empty, spot: t.below(above)}, nil)
	if err != nil {
		return nil, err
	}
	if err := t.link(hash, off); err != nil {
		return nil, err
	}
	t.adopt(parent, above)
	return t.mem.node(off), nil
}

// adopt counts a new child of parent.
func (t *table) adopt(name *wire.LowerName, parent Node) {
	if isRoot(name) {
		return
	}
	m := memory(parent)
	m.store32(nodeWriterOff, m.load32(nodeWriterOff)+1)
	if isWildcard(name) {
		m.store32(nodeMetaOff, m.load32(nodeMetaOff)|uint32(Wild))
	}
}

// disown takes a removed child from its parent, and removes parents that
// hold nothing and have no child left.
func (t *table) disown(name *wire.LowerName) {
	parent := lowerOf(wire.Parent(bytesOf(name)))
	n, slot, off := t.find(parent, parent.Hash(t.seed))
	if n == nil {
		return
	}
	m := memory(n)
	if m.load32(nodeWriterOff)&childMask > 0 {
		m.store32(nodeWriterOff, m.load32(nodeWriterOff)-1)
	}
	if isWildcard(name) {
		m.store32(nodeMetaOff, m.load32(nodeMetaOff)&^uint32(Wild))
	}
	if n.Flags()&Empty != 0 && m.load32(nodeWriterOff)&childMask == 0 && !isRoot(parent) {
		t.unlink(slot, off)
		t.disown(parent)
	}
}

func isWildcard(n *wire.LowerName) bool { return n.Word[0]&0xffff == '*'<<8|1 }

// remove takes the records of name away, and the name itself if nothing is
// below it.
func (t *table) remove(name *wire.LowerName) (changed bool, err error) {
	n, slot, off := t.find(name, name.Hash(t.seed))
	if n == nil || n.Flags()&Empty != 0 {
		return false, nil
	}
	if isRoot(name) || memory(n).load32(nodeWriterOff)&childMask > 0 {
		return t.put(name, Empty, nil)
	}
	t.count(n, -1)
	t.unlink(slot, off)
	t.disown(name)
	t.settleZone(n, nil, effect{})
	return true, nil
}

// count adds d to the number of names that hold records, if n does, and as
// often to that of the addresses they refer to.
func (t *table) count(n Node, d int) {
	if n == nil || n.Flags()&Empty != 0 {
		return
	}
	t.names += d
	var room Room
	for set, rest := n.Sets(&room).Next(); set != nil; set, rest = rest.Next() {
		if size := AddrSize(set.Type()); size != 0 {
			t.addrRefs += d * len(set.HealthIndexes(set.Count(), size))
		}
	}
}

// each calls f with every node until it returns false. f may change words of
// the node and of others, but neither link nor unlink.
func (t *table) each(f func(n Node, slot, off uint64) bool) {
	for b := range t.buckets {
		if !t.eachIn(b, f) {
			return
		}
	}
}

// eachIn is each for one bucket.
func (t *table) eachIn(bucket uint64, f func(n Node, slot, off uint64) bool) bool {
	at := t.bucketAt(bucket)
	for i, s := range t.mem.bucket(at) {
		if s == slotEmpty || s == slotDead {
			continue
		}
		if n := t.mem.node(slotOff(s)); n != nil && !f(n, at+uint64(i)*8, slotOff(s)) {
			return false
		}
	}
	return true
}
