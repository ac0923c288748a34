package snapshot

import (
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
		at := t.bucketAt(b)
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
		off := t.mem.load64(t.zoneEntry(uint32(i))) &^ zoneUnsettled
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
	t.alloc = newAllocator(t.geometry)
	for _, b := range blocks {
		if !t.alloc.take(b.off, roundUp(b.size, unit)) {
			return fmt.Errorf("%w: overlapping nodes", ErrDamaged)
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
