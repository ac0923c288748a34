package snapshot

import "github.com/ipdcode/skydns/dataplane/wire"

// A name with a SOA is the apex of a zone. Every node carries the index of
// the zone to which it belongs: the nearest apex at or above it.

// prepareZone makes head.spot, which is that of names right below the parent,
// the spot of a node that is about to replace old, and brings the zone directory
// up to what readers of the new node, and of those below it, will need.
func (t *table) prepareZone(name *wire.LowerName, old Node, head *nodeHead, body Sets) (effect, error) {
	labels := wire.Labels(bytesOf(name))
	if uint64(labels) > t.mem.load64(genDepthOff) {
		t.mem.store64(genDepthOff, uint64(labels))
	}
	does := t.effectOf(old, head)
	was := head.spot.Zone()
	if old != nil && old.Flags()&Apex != 0 {
		was = old.Zone()
	}
	if head.flags&Apex != 0 {
		zone, err := t.prepareApex(name, old, body)
		if err != nil {
			return effect{}, err
		}
		head.spot = newSpot(zone, 0)
	} else {
		head.spot = head.spot.under(head.flags&Cut, labels)
	}
	t.forewarn(was, head.spot.Zone(), does)
	return does, nil
}

// prepareApex stores the block of the zone of which a node that is about to
// replace old is the apex, and returns the zone's index.
func (t *table) prepareApex(name *wire.LowerName, old Node, body Sets) (uint32, error) {
	block, err := zoneBlock(name, body)
	if err != nil {
		return 0, err
	}
	if old != nil && old.Flags()&Apex != 0 {
		return old.Zone(), t.storeZone(old.Zone(), block)
	}
	zone, err := t.freeZone()
	if err != nil {
		return 0, err
	}
	if err := t.storeZone(zone, block); err != nil {
		t.freeIndex(zone)
		return 0, err
	}
	return zone, nil
}

// zoneEntry is the offset of a zone's entry in the directory.
func (t *table) zoneEntry(index uint32) uint64 { return t.zoneTable + uint64(index)*zoneRoom }

// freeZone takes an index of the zone directory that is not in use.
func (t *table) freeZone() (uint32, error) {
	if n := len(t.zonesFree); n > 0 {
		index := t.zonesFree[n-1]
		t.zonesFree = t.zonesFree[:n-1]
		t.zonesUsed++
		return index, nil
	}
	if t.zonesTop >= t.zones {
		return 0, errFull
	}
	t.zonesTop++
	t.zonesUsed++
	return uint32(t.zonesTop - 1), nil
}

// freeIndex gives an index back that no reader can have seen.
func (t *table) freeIndex(index uint32) {
	t.zonesFree = append(t.zonesFree, index)
	t.zonesUsed--
}

// storeZone lets the directory point to a new block of a zone.
func (t *table) storeZone(index uint32, b []byte) error {
	entry := t.zoneEntry(index)
	oldOff := t.mem.load64(entry)
	unsettled := oldOff & zoneUnsettled
	oldOff &^= zoneUnsettled
	off, ok := t.alloc.alloc(uint64(len(b)))
	if !ok {
		return errFull
	}
	copy(t.mem[off:off+uint64(len(b))], b)
	t.mem.store64(entry, off|unsettled)
	if z := t.zoneAt(oldOff); z != nil {
		t.giveUp(oldOff, len(z))
	}
	return nil
}

// goneZone is an index of the zone directory whose apex is gone and which no
// name has any more. Its entry stays until no reader of epoch or before is
// left: one may have taken the index from a name in that time.
type goneZone struct {
	index uint32
	epoch uint64
}

// retireZone gives up a zone that no name is in.
func (t *table) retireZone(index uint32) {
	t.zonesGone = append(t.zonesGone, goneZone{index, t.epochs.advance()})
}

// reclaim frees what was given up before every reader's epoch, and lets readers
// rely on what names said at its end.
func (t *table) reclaim(oldest uint64) {
	t.alloc.reclaim(oldest)
	if t.rezoning.ended < oldest {
		t.settle()
	}
	n := 0
	for ; n < len(t.zonesGone) && t.zonesGone[n].epoch < oldest; n++ {
		index := t.zonesGone[n].index
		entry := t.zoneEntry(index)
		off := t.mem.load64(entry) &^ zoneUnsettled
		t.mem.store64(entry, 0)
		if z := t.zoneAt(off); z != nil {
			t.alloc.drop(off, uint64(len(z)))
		}
		t.zonesFree = append(t.zonesFree, index)
	}
	t.zonesGone = t.zonesGone[:copy(t.zonesGone, t.zonesGone[n:])]
}
