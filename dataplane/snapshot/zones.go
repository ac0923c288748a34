package snapshot

import (
	"encoding/binary"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// A name with a SOA is the apex of a zone. Every node carries the index of
// the zone to which it belongs: the nearest apex at or above it.

// prepareZone sets head.zone for a node that is about to replace old, and
// brings the zone directory up to what readers of the new node will need.
func (t *table) prepareZone(name *wire.LowerName, old Node, head *nodeHead, body Sets) error {
	labels := wire.Labels(bytesOf(name))
	if uint64(labels) > t.mem.load64(genDepthOff) {
		t.mem.store64(genDepthOff, uint64(labels))
	}
	wasApex := old != nil && old.Flags()&Apex != 0
	if head.flags&Apex == 0 {
		if wasApex {
			head.zone = t.nearestZone(wire.Parent(bytesOf(name)))
		}
		t.noteCut(head.zone, head.flags, labels)
		return nil
	}
	block, err := zoneBlock(name, body)
	if err != nil {
		return err
	}
	if !wasApex {
		if head.zone, err = t.freeZone(); err != nil {
			return err
		}
	}
	if err := t.storeZone(head.zone, block); err != nil {
		if !wasApex {
			t.freeIndex(head.zone)
		}
		return err
	}
	t.noteCut(head.zone, head.flags, labels)
	return nil
}

// noteCut remembers that a zone has a cut or a DNAME at names of that many
// labels. The bit stays when the cut goes: it then costs a probe in vain.
func (t *table) noteCut(zone uint32, flags Flags, labels int) {
	z := memory(t.Zone(zone))
	if z == nil || flags&(Cut|DName) == 0 {
		return
	}
	off := uint64(zoneCutsOff + labels>>6&1*8)
	z.store64(off, z.load64(off)|1<<(labels&63))
	entry := t.zoneEntry(zone)
	t.mem.store64(entry, t.mem.load64(entry)|zoneCuts)
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

// zoneBlock is the block of a zone, from the records of its apex.
func zoneBlock(name *wire.LowerName, body Sets) ([]byte, error) {
	soa := soundSOA(body)
	if soa == nil {
		return nil, ErrRdata
	}
	ttl := min(binary.BigEndian.Uint32(soa[6:]), binary.BigEndian.Uint32(soa[len(soa)-4:]))
	apex := bytesOf(name)

	b := make([]byte, zoneNameOff, 256)
	binary.LittleEndian.PutUint32(b[zoneNameLenOff:], uint32(len(apex)))
	binary.LittleEndian.PutUint32(b[zoneSOALenOff:], uint32(len(soa)-2))
	b = pad8(append(b, apex...))
	at := len(b)
	b = pad8(append(b, soa[2:]...))
	binary.BigEndian.PutUint32(b[at+4:], ttl)
	packed := len(b)
	b = packSOA(b, apex, b[at:at+len(soa)-2])
	binary.LittleEndian.PutUint32(b[zonePackedLenOff:], uint32(len(b)-packed))
	b = pad8(b)
	binary.LittleEndian.PutUint32(b, uint32(len(b)))

	return b, nil
}

// soundSOA is the SOA record of an apex; nil if there is none that a zone can
// be made of.
func soundSOA(body Sets) []byte {
	set := body.Find(wire.TypeSOA)
	if set == nil {
		return nil
	}
	soa, _ := NextRecord(set.Records())
	if len(soa) < rrFixed+20 {
		return nil
	}
	return soa
}

// storeZone lets the directory point to a new block of a zone, which takes
// over what is known of the zone's cuts.
func (t *table) storeZone(index uint32, b []byte) error {
	entry := t.zoneEntry(index)
	oldOff := t.mem.load64(entry)
	cuts := oldOff & zoneCuts
	oldOff &^= zoneCuts
	if z := t.zoneAt(oldOff); z != nil {
		copy(b[zoneCutsOff:zoneNameOff], z[zoneCutsOff:zoneNameOff])
	}
	off, ok := t.alloc.alloc(uint64(len(b)))
	if !ok {
		return errFull
	}
	copy(t.mem[off:off+uint64(len(b))], b)
	t.mem.store64(entry, off|cuts)
	if oldOff != 0 {
		t.giveUp(oldOff)
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

// reclaim frees what was given up before every reader's epoch.
func (t *table) reclaim(oldest uint64) {
	t.alloc.reclaim(oldest)
	n := 0
	for ; n < len(t.zonesGone) && t.zonesGone[n].epoch < oldest; n++ {
		index := t.zonesGone[n].index
		entry := t.zoneEntry(index)
		off := t.mem.load64(entry) &^ zoneCuts
		t.mem.store64(entry, 0)
		if z := t.zoneAt(off); z != nil {
			size := roundUp(uint64(len(z)), unit)
			t.alloc.used -= size
			t.alloc.free(off, size)
		}
		t.zonesFree = append(t.zonesFree, index)
	}
	t.zonesGone = t.zonesGone[:copy(t.zonesGone, t.zonesGone[n:])]
}
