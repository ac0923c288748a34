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
	if !wasApex {
		var err error
		if head.zone, err = t.freeZone(); err != nil {
			return err
		}
	}
	if err := t.writeZone(head.zone, name, body); err != nil {
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

// freeZone finds an index of the zone directory that is not in use.
func (t *table) freeZone() (uint32, error) {
	for i := uint64(1); i < t.zones; i++ {
		if t.mem.load64(t.zoneEntry(uint32(i))) == 0 {
			t.zonesUsed++
			return uint32(i), nil
		}
	}
	return 0, errFull
}

// writeZone writes the block of a zone from the records of its apex and lets
// the directory point to it.
func (t *table) writeZone(index uint32, name *wire.LowerName, body Sets) error {
	soa, _ := NextRecord(body.Find(wire.TypeSOA).Records())
	if len(soa) < rrFixed+20 {
		return ErrRdata
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
	copy(t.mem[off:], b)
	t.mem.store64(entry, off|cuts)
	if oldOff != 0 {
		t.giveUp(oldOff)
	}
	return nil
}

// settleZone is called when n has replaced old: where an apex came or went,
// the names below change zone. n is nil if the name is gone.
func (t *table) settleZone(name *wire.LowerName, old, n Node) error {
	was := old != nil && old.Flags()&Apex != 0
	is := n != nil && n.Flags()&Apex != 0
	if was == is {
		return nil
	}
	if n != nil && memory(n).load32(nodeWriterOff)&childMask > 0 { // without n nothing was below
		t.rezone(bytesOf(name))
	}
	if was {
		entry := t.zoneEntry(old.Zone())
		off := t.mem.load64(entry) &^ zoneCuts
		t.mem.store64(entry, 0)
		t.zonesUsed--
		if off != 0 {
			t.giveUp(off)
		}
	}
	return nil
}

// rezone gives every name below apex the zone that it belongs to now.
func (t *table) rezone(apex []byte) {
	t.each(func(n Node, _, _ uint64) bool {
		name := n.Name()
		if n.Flags()&Apex != 0 || !wire.IsSubdomain(name, apex) {
			return true
		}
		zone := t.nearestZone(name)
		t.noteCut(zone, n.Flags(), wire.Labels(name))
		memory(n).store32(nodeZoneOff, zone)
		return true
	})
}

// nearestZone is the zone of the nearest apex at or above name, 0 for none.
func (t *table) nearestZone(name []byte) uint32 {
	for ; name != nil; name = wire.Parent(name) {
		lower := lowerOf(name)
		if n := t.Lookup(lower, lower.Hash(t.seed)); n != nil && n.Flags()&Apex != 0 {
			return n.Zone()
		}
	}
	return 0
}
