package snapshot

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// recoverTable opens a generation that another process wrote, perhaps until
// it was killed in the middle of a change. What readers use is whole at every
// moment; the writer's own words (children, marks, flags of parents) and the
// free room are found again by walks over the table.
func recoverTable(m memory, e *epochs) (*table, error) {
	g, err := readGeometry(m)
	if err != nil {
		return nil, err
	}
	t := &table{View: View{mem: m, geometry: g}, epochs: e, zonesUsed: 1, zonesTop: g.zones}
	blocks, err := t.survey()
	if err != nil {
		return nil, err
	}
	if err := t.findFree(blocks); err != nil {
		return nil, err
	}
	if err := t.awaitGrace(); err != nil {
		return nil, err
	}
	return t, t.repair()
}

// survey counts what the table holds, resets the writer's words and lists
// the blocks that are in use.
func (t *table) survey() ([]extent, error) {
	blocks := make([]extent, 0, t.buckets*bucketSlots/2)
	for b := range t.buckets {
		at := t.table + b*bucketSize
		for _, s := range t.mem.bucket(at) {
			if s == slotEmpty {
				continue
			}
			t.slotsUsed++
			if s == slotDead {
				continue
			}
			n := t.mem.node(slotOff(s))
			if n == nil || !wire.ValidName(n.Name()) {
				return nil, fmt.Errorf("%w: slot without a node in bucket %d", ErrDamaged, b)
			}
			memory(n).store32(nodeWriterOff, 0)
			t.nodes++
			t.count(n, 1)
			blocks = append(blocks, extent{off: slotOff(s), size: uint64(len(n))})
		}
	}
	for i := uint64(1); i < t.zones; i++ {
		off := t.mem.load64(t.zoneEntry(uint32(i))) &^ zoneCuts
		if z := t.zoneAt(off); z != nil {
			blocks = append(blocks, extent{off: off, size: uint64(len(z))})
			t.zonesUsed++
		} else if off != 0 {
			return nil, fmt.Errorf("%w: zone %d", ErrDamaged, i)
		} else {
			t.zonesFree = append(t.zonesFree, uint32(i))
		}
	}
	for i := range t.addrs {
		entry := t.addrTable + i*addrSize
		if t.mem.load64(entry)|t.mem.load64(entry+8) != 0 {
			t.addrsUsed++
			t.addrsDown += int(t.mem.load32(t.health+i*4) & healthDown)
		}
	}
	return blocks, nil
}

// findFree makes the allocator's lists out of the gaps between the blocks.
func (t *table) findFree(blocks []extent) error {
	slices.SortFunc(blocks, func(a, b extent) int {
		if a.off < b.off {
			return -1
		}
		return 1
	})
	t.alloc = allocator{bump: t.arena, end: t.size, large: map[uint64][]uint64{}}
	for _, b := range blocks {
		b.size = roundUp(b.size, unit)
		if b.off < t.alloc.bump || b.off%unit != 0 || b.off+b.size > t.size {
			return fmt.Errorf("%w: overlapping nodes", ErrDamaged)
		}
		if gap := b.off - t.alloc.bump; gap > 0 {
			t.alloc.free(t.alloc.bump, gap)
		}
		t.alloc.bump = b.off + b.size
		t.alloc.used += b.size
	}
	return nil
}

// repair brings the tree of names and zones in order: parents exist and know
// their children, names know their zone, and no name is there in vain.
func (t *table) repair() error {
	if err := t.ensureRoot(); err != nil {
		return err
	}
	t.rezoning = rezoning{left: t.buckets, all: true}
	t.rezone(t.buckets) // before zones go: readers are looking
	if err := t.dropZonesWithoutApex(); err != nil {
		return err
	}
	if err := t.recountChildren(); err != nil {
		return err
	}
	t.dropChildless()
	return nil
}

// recountChildren lets every parent know its children, and makes those that
// are missing.
func (t *table) recountChildren() error {
	var orphans []*wire.LowerName
	t.each(func(n Node, _, _ uint64) bool {
		name := lowerOf(n.Name())
		if isRoot(name) {
			return true
		}
		parent := lowerOf(wire.Parent(n.Name()))
		if p := t.Lookup(parent, parent.Hash(t.seed)); p != nil {
			t.adopt(name, p)
		} else {
			orphans = append(orphans, name)
		}
		return true
	})
	for _, name := range orphans {
		parent, err := t.ensureParent(name)
		if err != nil {
			return err
		}
		t.adopt(name, parent)
	}
	return nil
}

// dropChildless removes the Empty names that have no child, and clears Wild
// where the wildcard is gone: not before, for readers are looking.
func (t *table) dropChildless() {
	var gone []*wire.LowerName
	t.each(func(n Node, _, _ uint64) bool {
		name := lowerOf(n.Name())
		if n.Flags()&Empty != 0 && memory(n).load32(nodeWriterOff)&childMask == 0 && !isRoot(name) {
			gone = append(gone, name)
		}
		if n.Flags()&Wild != 0 && !t.hasWildcard(n.Name()) {
			memory(n).store32(nodeMetaOff, memory(n).load32(nodeMetaOff)&^uint32(Wild))
		}
		return true
	})
	for _, name := range gone {
		if n, slot, off := t.find(name, name.Hash(t.seed)); n != nil {
			t.unlink(slot, off)
			t.disown(name)
		}
	}
}

// hasWildcard reports whether name has a child "*".
func (t *table) hasWildcard(name []byte) bool {
	if len(name)+2 > wire.MaxName {
		return false
	}
	child := lowerOf(append([]byte{1, '*'}, name...))
	return t.Lookup(child, child.Hash(t.seed)) != nil
}

// dropZonesWithoutApex frees the zones to which no apex belongs.
func (t *table) dropZonesWithoutApex() error {
	owned := make([]bool, t.zones)
	damaged := false
	t.each(func(n Node, _, _ uint64) bool {
		if n.Flags()&Apex != 0 {
			index := n.Zone()
			z := t.Zone(index)
			damaged = z == nil || owned[index] || !bytes.Equal(z.Apex(), n.Name()) || soundSOA(n.Sets()) == nil
			if !damaged {
				owned[index] = true
			}
		}
		return !damaged
	})
	if damaged {
		return fmt.Errorf("%w: an apex without a zone of its own", ErrDamaged)
	}
	for i := uint64(1); i < t.zones; i++ {
		if off := t.mem.load64(t.zoneEntry(uint32(i))) &^ zoneCuts; off != 0 && !owned[i] {
			t.zonesUsed--
			t.retireZone(uint32(i))
		}
	}
	return nil
}

// graceLimit bounds the wait for readers at the start: they pass within
// milliseconds, or are stopped.
const graceLimit = 2 * time.Second

// awaitGrace returns when no reader holds what the last writer gave up: only
// then may the gaps between the blocks be written.
func (t *table) awaitGrace() error {
	end := t.epochs.advance()
	for deadline := time.Now().Add(graceLimit); t.epochs.oldest() <= end; {
		if time.Now().After(deadline) {
			return errors.New("a reader stands still and may look at free room: end or continue the dataplane process that was stopped")
		}
		time.Sleep(100 * time.Microsecond)
	}
	return nil
}
