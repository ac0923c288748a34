package snapshot

import (
	"errors"
	"fmt"
	"net/netip"
	"runtime/debug"
	"slices"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// Put makes sets the whole of what name, in wire form and of any case, holds;
// without a set the name is removed. An RRset of type SOA makes the name the
// apex of a zone. changed tells whether the snapshot is another one now: what
// was there already costs a comparison.
func (w *Writer) Put(name []byte, sets []RRset) (changed bool, err error) {
	if !wire.ValidName(name) {
		return false, ErrName
	}
	if w.damaged != nil {
		return false, w.damaged
	}
	defer w.catchFaults(debug.SetPanicOnFault(true), &err)
	body, flags, err := appendSets(w.body[:0], sets)
	if err != nil {
		return false, fmt.Errorf("%s: %w", wire.NameString(name), err)
	}
	w.body = body[:0]
	lower := lowerOf(name)
	changed, err = w.apply(func(t *table) (bool, error) {
		if flags == Empty {
			return t.remove(lower)
		}
		if t == w.next {
			if err := w.moveAboveName(lower); err != nil {
				return false, err
			}
		}
		return t.put(lower, flags, body)
	})
	if err != nil {
		return changed, fmt.Errorf("put %s: %w", wire.NameString(name), err)
	}
	return changed, nil
}

// Expect tells of names, in wire form, that Put will be called for next: it
// fetches what they and the names above them hold into the core's cache, for all
// of them together.
func (w *Writer) Expect(names [][]byte) {
	if w.damaged != nil {
		return
	}
	var err error // the next change tells
	defer w.catchFaults(debug.SetPanicOnFault(true), &err)
	var lower wire.LowerName
	var hashes, offs [64]uint64
	for group := range slices.Chunk(names, len(hashes)/2) {
		n := 0
		for _, name := range group {
			if !wire.ValidName(name) {
				continue
			}
			hashes[n] = lower.Set(name, w.cur.seed)
			n++
			if above := wire.Parent(name); above != nil {
				hashes[n] = lower.Set(above, w.cur.seed)
				n++
			}
		}
		w.cur.Homes(hashes[:n], offs[:n])
		w.cur.Candidates(hashes[:n], offs[:n])
	}
}

// apply does a change in the current generation, in a larger one if there is
// no room for it, and in the one that grows beside.
func (w *Writer) apply(change func(*table) (bool, error)) (changed bool, err error) {
	changed, err = change(w.cur)
	for more := float64(leastMore); errors.Is(err, errFull); more *= 2 {
		if more > maxMore {
			return false, ErrTooLarge
		}
		if err := w.moveOn(more); err != nil {
			return false, err
		}
		changed, err = change(w.cur)
	}
	if err != nil {
		return changed, err
	}
	if w.next != nil {
		if _, err := change(w.next); errors.Is(err, errFull) {
			w.dropNext()
		} else if err != nil {
			return changed, err
		}
	}
	w.growErr = w.step(stepOfChange)
	return changed, nil
}

// Get is what name holds: copies, nil if it holds nothing or cannot be read.
func (w *Writer) Get(name []byte) []RRset {
	if !wire.ValidName(name) || w.damaged != nil {
		return nil
	}
	var err error // the next change tells
	defer w.catchFaults(debug.SetPanicOnFault(true), &err)
	lower := lowerOf(name)
	n := w.cur.Lookup(lower, lower.Hash(w.cur.seed))
	if n == nil {
		return nil
	}
	return decodeSets(n)
}

// SetHealth marks an address UP or DOWN for all names that have it, now or
// later: one atomic store. Addresses are UP unless marked.
func (w *Writer) SetHealth(addr netip.Addr, up bool) (err error) {
	if w.damaged != nil {
		return w.damaged
	}
	defer w.catchFaults(debug.SetPanicOnFault(true), &err)
	addr = addr.Unmap()
	state := uint32(healthUp)
	if !up {
		state = healthDown
		if w.syncing {
			w.down[addr] = struct{}{}
		}
	}
	_, err = w.apply(func(t *table) (bool, error) { return false, t.setHealth(addr, state) })
	if err != nil {
		return fmt.Errorf("mark %s: %w", addr, err)
	}
	return nil
}
