package snapshot

import (
	"bytes"
	"fmt"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// repair brings the tree of names and zones in order: parents exist and know
// their children, names know where they stand, and no name is there in vain.
func (t *table) repair() error {
	if err := t.ensureRoot(); err != nil {
		return err
	}
	t.rezoning = rezoning{left: t.buckets, all: true, unsettled: t.unsettledZones()}
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
			damaged = z == nil || owned[index] || !bytes.Equal(z.Apex(), n.Name()) || soundSOA(n.Sets(new(Room))) == nil
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
		if off := t.mem.load64(t.zoneEntry(uint32(i))) &^ zoneUnsettled; off != 0 && !owned[i] {
			t.zonesUsed--
			t.retireZone(uint32(i))
		}
	}
	return nil
}
