package snapshot

import "slices"

// A zone is settled when the names that say they are in it are, and know what
// covers them. Before a change is seen by which names come to stand elsewhere, the
// zones that they say, and should say, are marked: readers then look at all the
// names above, up to the apex. The mark goes when the walk has told every name, and
// no core is left that may have looked at one before. A zone that a killed writer
// has left marked is settled by the walk of the next one. Names that say no zone are
// outside until they are told.

// forewarn prepares zones for what a node of zone is does to the names below,
// which were in zone was before, or where earlier walks should have found them.
func (t *table) forewarn(was, is uint32, does effect) {
	r := &t.rezoning
	if !does.zone && !does.cover {
		return
	}
	if does.zone && !slices.Contains(r.from, was) {
		r.from = append(r.from, was)
	}
	t.unsettle(was)
	t.unsettle(is)
	for _, from := range r.from {
		t.unsettle(from)
	}
}

// unsettle marks a zone.
func (t *table) unsettle(index uint32) {
	if !t.Settled(index) {
		return
	}
	entry := t.zoneEntry(index)
	t.mem.store64(entry, t.mem.load64(entry)|zoneUnsettled)
	t.rezoning.unsettled = append(t.rezoning.unsettled, index)
}

// settle takes the marks away, unless a walk is under way. Its callers know
// that no core is left that read a name before the last one ended.
func (t *table) settle() {
	r := &t.rezoning
	if r.left > 0 {
		return
	}
	for _, index := range r.unsettled {
		entry := t.zoneEntry(index)
		t.mem.store64(entry, t.mem.load64(entry)&^zoneUnsettled)
	}
	r.unsettled = r.unsettled[:0]
}

// unsettledZones are the zones that bear a mark.
func (t *table) unsettledZones() []uint32 {
	var marked []uint32
	for i := uint32(1); uint64(i) < t.zones; i++ {
		if t.mem.load64(t.zoneEntry(i))&zoneUnsettled != 0 {
			marked = append(marked, i)
		}
	}
	return marked
}
