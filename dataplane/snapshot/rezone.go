package snapshot

import (
	"bytes"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// Where an apex comes or goes, the names below it change zone. Nothing leads
// from a name to those below it, so that they are found by a walk over the
// table, in portions beside changes. Until the walk has come to it a name stays
// in the zone that it was in, which is kept as long.

const (
	rezoneAtOnce = 256  // buckets of the walk that the change of an apex does itself
	rezoneOfTick = 1024 // buckets that a Tick does
	maxApexes    = 16   // that are told apart: of more, every name is looked at
)

// rezoning is the walk that is under way. It goes round: an apex that comes or
// goes meanwhile makes it longer, and never begin again.
type rezoning struct {
	at, left uint64   // the next bucket, and how many there are to go
	apexes   [][]byte // that came or went since the walk began
	all      bool     // there were more
	gone     []uint32 // zones that names may still be in
}

// settleZone is called when n has replaced old: where an apex came or went,
// the names below change zone. n is nil if the name is gone, and nothing was
// below it.
func (t *table) settleZone(name *wire.LowerName, old, n Node) {
	was := old != nil && old.Flags()&Apex != 0
	is := n != nil && n.Flags()&Apex != 0
	if was == is {
		return
	}
	r := &t.rezoning
	below := n != nil && memory(n).load32(nodeWriterOff)&childMask > 0
	if was {
		t.zonesUsed--
		if below {
			r.gone = append(r.gone, old.Zone())
		} else {
			t.retireZone(old.Zone())
		}
	}
	if below {
		r.left = t.buckets
		if r.all = r.all || len(r.apexes) == maxApexes; !r.all {
			r.apexes = append(r.apexes, bytes.Clone(bytesOf(name)))
		}
		t.rezone(rezoneAtOnce)
	}
}

// rezone goes on with the walk for some buckets. It reports whether every name
// is in its zone.
func (t *table) rezone(buckets uint64) (settled bool) {
	r := &t.rezoning
	for ; buckets > 0 && r.left > 0; buckets-- {
		t.eachIn(r.at, func(n Node, _, _ uint64) bool {
			if n.Flags()&Apex == 0 && r.concerns(n.Name()) {
				zone := t.nearestZone(n.Name())
				t.noteCut(zone, n.Flags(), wire.Labels(n.Name()))
				memory(n).store32(nodeZoneOff, zone)
			}
			return true
		})
		r.at = (r.at + 1) % t.buckets
		r.left--
	}
	if r.left > 0 {
		return false
	}
	for _, index := range r.gone {
		t.retireZone(index)
	}
	r.apexes, r.all, r.gone = nil, false, nil
	return true
}

// concerns reports whether a name may have changed zone.
func (r *rezoning) concerns(name []byte) bool {
	for _, apex := range r.apexes {
		if wire.IsSubdomain(name, apex) {
			return true
		}
	}
	return r.all
}

// zoneOf is the zone that n belongs to, and a new name below it: what n says
// may be out of date while the walk is under way.
func (t *table) zoneOf(n Node) uint32 {
	if t.rezoning.left > 0 {
		return t.nearestZone(n.Name())
	}
	return n.Zone()
}

// nearestZone is the zone of the nearest apex at or above name, 0 for none.
func (t *table) nearestZone(name []byte) uint32 {
	var lower wire.LowerName
	for ; name != nil; name = wire.Parent(name) {
		hash := lower.Set(name, t.seed)
		if n := t.Lookup(&lower, hash); n != nil && n.Flags()&Apex != 0 {
			return n.Zone()
		}
	}
	return 0
}
