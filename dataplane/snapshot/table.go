package snapshot

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net/netip"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// errFull says that a generation has no room left for a change; the writer
// goes on in a larger one.
var errFull = errors.New("generation full")

// table is one generation as the writer sees it: a View, and what is needed
// to change it. Everything beside the view's memory is private.
type table struct {
	View
	alloc  allocator
	epochs *epochs

	nodes     int    // names, those without records included
	names     int    // names that hold records
	slotsUsed int    // slots that are not empty: names and dead ones
	addrsUsed int    // entries of the address directory
	addrsDown int    // of them, those that are DOWN
	addrRefs  int    // health indexes in nodes
	mark      uint32 // markBit or 0: what names put from now on carry

	zonesUsed int        // zones, and the 0 that stands for none
	zonesFree []uint32   // indexes of the directory that may be used again
	zonesTop  uint64     // indexes from here on were never used
	zonesGone []goneZone // in the order of their epochs
	rezoning  rezoning
}

// newTable writes the header of a fresh generation into zeroed memory.
func newTable(m memory, g geometry, e *epochs) *table {
	g.write(m)
	return &table{View: View{mem: m, geometry: g}, epochs: e, zonesUsed: 1, zonesTop: 1, alloc: newAllocator(g)}
}

// nodeHead is what a new node takes over from the one it replaces, or gets
// from its parent.
type nodeHead struct {
	flags  Flags
	spot   Spot
	writer uint32
}

// newNode writes a node that no reader can reach yet, in the page of its name's
// home bucket if that has room.
func (t *table) newNode(name *wire.LowerName, hash uint64, head nodeHead, body []byte) (uint64, error) {
	if isOneAddress(body) {
		head.flags |= OneAddress
		rr := body[setHeader:]
		body = append(append(make([]byte, 0, nodeLeast), rr[6:10]...), rr[rrFixed:]...)
	}
	start := bodyOff(name.Len)
	size := uint64(start + max(len(body), nodeLeast))
	off, ok := t.alloc.near(t.home(hash), size)
	if !ok {
		return 0, errFull
	}
	t.mem.store32(off+nodeMetaOff, newMeta(name.Len, head.flags, size))
	t.mem.store32(off+nodeSpotOff, uint32(head.spot))
	t.mem.store32(off+nodeWriterOff, head.writer)
	n := t.mem[off : off+size]
	clear(n[nodeNameOff:])
	for i := range (name.Len + 7) / 8 {
		binary.LittleEndian.PutUint64(n[nodeNameOff+8*i:], name.Word[i])
	}
	copy(n[start:], body)
	return off, nil
}

// link makes a new node reachable by the first free slot of its search path.
func (t *table) link(hash, off uint64) error {
	at := t.home(hash)
	for range maxProbe {
		b := t.mem.bucket(at)
		for i := range b {
			if s := atomicLoad(&b[i]); s == slotEmpty || s == slotDead {
				if s == slotEmpty {
					t.slotsUsed++
				}
				t.mem.store64(at+uint64(i)*8, tag(hash)|off>>3)
				t.nodes++
				return nil
			}
		}
		at = t.behind(at)
	}
	return errFull
}

// unlink makes the node in the slot unreachable and gives its memory up. A
// slot of a full bucket is marked dead, for a search may go on behind it.
func (t *table) unlink(slot, off uint64) {
	at := slot &^ (bucketSize - 1)
	mark := uint64(slotDead)
	for _, s := range t.mem.bucket(at) {
		if s == slotEmpty {
			mark = slotEmpty
			t.slotsUsed--
			break
		}
	}
	t.mem.store64(slot, mark)
	t.nodes--
	t.giveUp(off, len(t.mem.node(off)))
}

// relink lets the slot point to another node of the same name.
func (t *table) relink(slot, hash, old, off uint64) {
	t.mem.store64(slot, tag(hash)|off>>3)
	t.giveUp(old, len(t.mem.node(old)))
}

// setMark notes in a node which synchronisation saw it last.
func (t *table) setMark(n Node, mark uint32) {
	m := memory(n)
	if w := m.load32(nodeWriterOff); w&markBit != mark {
		m.store32(nodeWriterOff, w&childMask|mark)
	}
}

// used is the octets of the generation that hold something: all but the free
// room for blocks.
func (t *table) used() uint64 { return t.arena - t.pages*tableRoom + t.alloc.used }

// giveUp retires the block of size octets at off and starts the next epoch.
func (t *table) giveUp(off uint64, size int) {
	t.alloc.retire(off, uint64(size), t.epochs.advance())
}

// bind fills in the health indexes of a body; addresses that the directory
// does not know yet get a place in it.
func (t *table) bind(body Sets) error {
	return eachAddress(body, func(addr netip.Addr, index *uint32) (err error) {
		*index, err = t.address(addr)
		return err
	})
}

// put makes body the records of name. The parents of the name exist.
func (t *table) put(name *wire.LowerName, flags Flags, body []byte) (changed bool, err error) {
	if err := t.bind(body); err != nil {
		return false, err
	}
	hash := name.Hash(t.seed)
	old, slot, oldOff := t.find(name, hash)
	var room Room
	if old != nil && bytes.Equal(old.Sets(&room), body) {
		t.setMark(old, t.mark)
		return false, nil
	}
	parent, err := t.ensureParent(name)
	if err != nil {
		return false, err
	}
	head := nodeHead{flags: flags, writer: t.mark}
	if !isRoot(name) {
		head.spot = t.below(parent)
	}
	if old != nil {
		head.flags |= old.Flags() & Wild
		head.writer |= t.mem.load32(oldOff+nodeWriterOff) & childMask
	}
	effect, err := t.prepareZone(name, old, &head, body)
	if err != nil {
		return false, err
	}
	off, err := t.newNode(name, hash, head, body)
	if err != nil {
		return false, err
	}
	t.count(old, -1)
	if old == nil {
		if err := t.link(hash, off); err != nil {
			return false, err
		}
		t.adopt(name, parent)
	} else {
		t.relink(slot, hash, oldOff, off)
	}
	t.count(t.mem.node(off), 1)
	t.settleZone(old, t.mem.node(off), effect)
	return true, nil
}
