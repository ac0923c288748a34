package snapshot

import (
	"bytes"
	"net/netip"
	"runtime/debug"
)

// BeginSync starts a complete synchronisation: every name and every DOWN mark
// that is not put again before EndSync is removed by it. names is about how
// many names will come, 0 if that is not known. One that begins before the last
// has ended well takes that one's place.
func (w *Writer) BeginSync(names int) (err error) {
	if w.damaged != nil {
		return w.damaged
	}
	defer w.catchFaults(debug.SetPanicOnFault(true), &err)
	w.syncing = true
	w.down = map[netip.Addr]struct{}{}
	if !w.published && w.cur.names == 0 && w.next == nil {
		if err := w.enlarge(uint64(names)); err != nil {
			return err
		}
	}
	if w.unswept { // names bear either mark: toggling would make those that it did not reach count as seen
		w.cur.unmark()
	} else {
		w.cur.mark ^= markBit
	}
	if w.next != nil {
		w.next.mark = w.cur.mark
		if w.unswept {
			w.next.unmark()
		}
	}
	w.unswept = true
	return nil
}

// unmark lets every name count as not seen by the synchronisation under way.
func (t *table) unmark() {
	t.each(func(n Node, _, _ uint64) bool {
		t.setMark(n, t.mark^markBit)
		return true
	})
}

// enlarge replaces an empty generation that nobody uses by one with room for
// names names.
func (w *Writer) enlarge(names uint64) error {
	names += names / 50 // the names between, which hold nothing
	if names*2 <= w.cur.buckets*bucketSlots {
		return nil
	}
	t, err := w.fresh(names)
	if err != nil {
		return err
	}
	old := w.cur
	w.cur = t
	unmap(old.mem)
	w.sweepFiles()
	return nil
}

// EndSync ends the synchronisation. It removes what is gone, and lets readers
// see a snapshot that was begun afresh. removed is the number of names.
func (w *Writer) EndSync() (removed int, err error) {
	if w.damaged != nil {
		return 0, w.damaged
	}
	defer w.catchFaults(debug.SetPanicOnFault(true), &err)
	w.syncing = false
	if err := w.raiseUnmarked(); err != nil {
		return 0, err
	}
	var gone [][]byte
	w.cur.each(func(n Node, _, _ uint64) bool {
		if n.Flags()&Empty == 0 && memory(n).load32(nodeWriterOff)&markBit != w.cur.mark {
			gone = append(gone, bytes.Clone(n.Name()))
		}
		return true
	})
	for _, name := range gone {
		if _, err := w.Put(name, nil); err != nil {
			return removed, err
		}
		removed++
	}
	w.cur.rezone(w.cur.buckets)
	if !w.published {
		w.cur.settle() // nobody has looked at it
		w.published = true
		w.epochs.root.store64(rootGenerationOff, w.cur.number)
		w.sweepFiles()
	}
	w.unswept = false
	return removed, nil
}

// raiseUnmarked marks the addresses UP that were not marked DOWN again.
func (w *Writer) raiseUnmarked() error {
	var up []netip.Addr
	err := w.cur.eachDown(func(addr netip.Addr) error {
		if _, ok := w.down[addr]; !ok {
			up = append(up, addr)
		}
		return nil
	})
	w.down = nil
	for _, addr := range up {
		if err := w.SetHealth(addr, true); err != nil {
			return err
		}
	}
	return err
}
