package snapshot

import (
	"errors"
	"sync/atomic"
)

// ErrSlots says that as many cores as the format has room for read already.
var ErrSlots = errors.New("no reader slot is free")

// Slot is one core's registration as a reader. Its methods are called by
// that core's goroutine alone.
type Slot struct {
	reader *Reader
	place  atomic.Pointer[place]
	turn   uint64
}

// place is where a slot lies in the mapped files.
type place struct {
	epoch *uint64 // in root: read
	seen  *uint64 // in readers: written
}

// NewSlot registers one core. The slot is kept until Close.
func (r *Reader) NewSlot() (*Slot, error) {
	s := &Slot{reader: r}
	if r.files != nil {
		p, err := r.files.claim()
		if err != nil {
			return nil, err
		}
		s.place.Store(p)
	}
	r.slots = append(r.slots, s)
	return s, nil
}

// Enter tells the writer that this core holds nothing of before, and returns
// the view to use until the next Enter or Leave; nil if there is no complete
// snapshot.
func (s *Slot) Enter() *View {
	for {
		p := s.place.Load()
		if p == nil {
			return nil
		}
		s.turn++
		atomic.StoreUint64(p.seen, atomic.LoadUint64(p.epoch)<<turnBits|s.turn&(1<<turnBits-1))
		view := s.reader.view.Load()
		if s.place.Load() == p { // else the writer of view does not know that we hold it
			return view
		}
	}
}

// Leave tells that this core holds nothing at all. It comes before whatever
// may wait.
func (s *Slot) Leave() {
	if p := s.place.Load(); p != nil {
		atomic.StoreUint64(p.seen, 0)
	}
}

// leaving is a view that was replaced, and what each slot showed just after.
type leaving struct {
	view  *View
	turns []uint64
}

// turns is what each slot shows now.
func (r *Reader) turns() []uint64 {
	turns := make([]uint64, len(r.slots))
	for i, s := range r.slots {
		if p := s.place.Load(); p != nil {
			turns[i] = atomic.LoadUint64(p.seen)
		}
	}
	return turns
}

// unmapLeft unmaps the replaced views that every core has left: those that
// were outside, or have entered again since.
func (r *Reader) unmapLeft() {
	if len(r.left) == 0 {
		return
	}
	now := r.turns()
	kept := r.left[:0]
	for _, l := range r.left {
		if passed(l.turns, now) {
			unmap(l.view.mem)
		} else {
			kept = append(kept, l)
		}
	}
	r.left = kept
}

func passed(then, now []uint64) bool {
	for i, t := range then {
		if t != 0 && t == now[i] {
			return false
		}
	}
	return true
}
