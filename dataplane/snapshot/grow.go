package snapshot

import (
	"net/netip"
	"os"
	"time"
)

// Growing: when a generation is nearly full a larger one is filled beside it,
// a few buckets at each change and at each Tick, while changes go to both.
// When it holds everything, one store makes it the current one.

const (
	// Buckets that a change moves along: four names each, and a microsecond a
	// name. Crowded leaves room for a change per two buckets.
	stepOfChange = 4
	stepOfTick   = 128 // buckets that a Tick moves

	// By how much more room than usual is tried for one change that has none.
	// The largest node and its addresses fit long before.
	leastMore = 2
	maxMore   = 1 << 16

	// growPause is how long growing ahead of need rests after there was no room
	// for another generation: each attempt allocates one.
	growPause = 5 * time.Second
)

// step starts to grow if there is need, and moves up to buckets buckets.
func (w *Writer) step(buckets int) error {
	if w.next == nil {
		if !w.cur.crowded() || time.Now().Before(w.growAfter) {
			return nil
		}
		if err := w.startNext(); err != nil {
			w.growAfter = time.Now().Add(growPause)
			return err
		}
	}
	for ; buckets > 0 && w.at < w.cur.buckets; buckets-- {
		full, err := w.moveBucket(w.at)
		if err != nil {
			return err
		}
		if full {
			w.dropNext()
			return nil
		}
		w.at++
	}
	if w.at == w.cur.buckets {
		w.switchOver()
	}
	return nil
}

// crowded reports whether the generation should be followed by a larger one.
func (t *table) crowded() bool {
	slots := t.buckets * bucketSlots
	held := t.alloc.used
	for _, r := range t.alloc.retired[:min(len(t.alloc.retired), 1024)] {
		held += r.size
	}
	return uint64(t.slotsUsed) > slots*13/20 ||
		t.alloc.end-t.alloc.bump < (t.size-t.arena)/8 || // free blocks are not merged but by a copy
		held > (t.size-t.arena)*7/8 ||
		uint64(t.addrsUsed) > t.addrs*11/16 ||
		uint64(t.zonesUsed) > t.zones*7/8
}

// startNext makes the larger generation: twice the room while small, then a
// third more, so that memory stays near what the names need.
func (w *Writer) startNext() error {
	t := w.cur
	factor := 1.3
	if t.nodes < 1<<16 {
		factor = 2
	}
	scale := func(n int, least float64) uint64 { return uint64(float64(n)*factor + least*w.room) }
	g := plan(w.epochs.number(), t.seed, scale(t.nodes, 1024), scale(int(t.alloc.used), 64<<10),
		scale(2*t.addrsUsed, 256), scale(2*t.zonesUsed, 64), w.page)
	next, err := w.create(g)
	if err != nil {
		return err
	}
	next.mark = t.mark
	w.next, w.at = next, 0
	w.epochs.root.store64(rootNextOff, g.number)
	return t.eachDown(func(addr netip.Addr) error { return next.setHealth(addr, healthDown) })
}

// dropNext gives the growing generation up. The next attempt makes more room.
func (w *Writer) dropNext() {
	if w.next == nil {
		return
	}
	w.epochs.root.store64(rootNextOff, 0)
	os.Remove(generationPath(w.dir, w.next.number))
	unmap(w.next.mem)
	w.next = nil
	w.room *= 1.5
}

// moveBucket puts the names of one bucket into next; full tells that they do
// not fit there.
func (w *Writer) moveBucket(bucket uint64) (full bool, err error) {
	w.cur.eachIn(bucket, func(n Node, _, _ uint64) bool {
		if n.Flags()&Empty != 0 {
			return true
		}
		name := lowerOf(n.Name())
		w.moved = append(w.moved[:0], n.Sets()...)
		_, err = w.next.put(name, n.Flags()&(Apex|Cut|DName), w.moved)
		if err != nil {
			full = err == errFull
			return false
		}
		if moved := w.next.Lookup(name, name.Hash(w.next.seed)); moved != nil {
			w.next.setMark(moved, memory(n).load32(nodeWriterOff)&markBit)
		}
		return true
	})
	if full {
		return true, nil
	}
	return false, err
}

// moveOn moves everything at once into a generation with more times the usual
// room to spare: the current one has none for the change at hand.
func (w *Writer) moveOn(more float64) error {
	if more > leastMore {
		w.dropNext() // it had no room for the change either
	}
	w.room = max(w.room, more)
	for before := w.cur; w.cur == before; {
		if w.next == nil {
			if err := w.startNext(); err != nil {
				return err
			}
		}
		if err := w.step(stepOfTick); err != nil {
			return err
		}
	}
	return nil
}

// switchOver makes next the current generation. Readers that have the old
// one mapped keep it until they have left it; its file goes now.
func (w *Writer) switchOver() {
	old := w.cur
	w.cur, w.next, w.room = w.next, nil, 1
	if w.published {
		w.epochs.root.store64(rootGenerationOff, w.cur.number)
	}
	w.epochs.root.store64(rootNextOff, 0)
	os.Remove(generationPath(w.dir, old.number))
	unmap(old.mem)
}

// Tick does pending work in a small portion: it frees memory whose grace
// period is over and lets a generation grow. Call it every few milliseconds;
// more asks for another call at once. An error says that there is no room to
// grow: changes go on while they fit.
func (w *Writer) Tick() (more bool, err error) {
	w.reclaim()
	if err := w.step(stepOfTick); err != nil {
		return false, err
	}
	err, w.growErr = w.growErr, nil
	return w.next != nil, err
}

// reclaim frees what no reader can look at any more.
func (w *Writer) reclaim() {
	oldest := w.epochs.oldest()
	w.cur.alloc.reclaim(oldest)
	if w.next != nil {
		w.next.alloc.reclaim(oldest)
	}
}
