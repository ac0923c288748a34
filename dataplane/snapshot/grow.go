package snapshot

import (
	"os"
	"runtime/debug"
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
	downOfBucket = 64  // entries of the address directory that go with a bucket

	// By how much more room than usual is tried for one change that has none.
	// The largest node and its addresses fit long before.
	leastMore = 2
	maxMore   = 1 << 16
)

// step starts to grow if there is need, and moves up to buckets buckets.
func (w *Writer) step(buckets uint64) error {
	if w.next == nil {
		if w.making == nil {
			if !w.cur.crowded() || time.Now().Before(w.growAfter) {
				return nil
			}
			w.startNext()
		}
		select {
		case m := <-w.making.done:
			if err := w.adoptNext(m); err != nil {
				return err
			}
		default:
			return nil
		}
	}
	if err := w.move(buckets); err == errFull {
		w.dropNext()
	} else if err != nil {
		return err
	} else if w.moved() && w.next.rezone(rezoneOfTick) {
		w.switchOver()
	}
	return nil
}

// crowded reports whether the generation should be followed by a larger one.
func (t *table) crowded() bool {
	slots := t.buckets * bucketSlots
	return uint64(t.slotsUsed) > slots*13/20 ||
		t.alloc.end-t.alloc.bump < (t.size-t.arena)/8 || // free blocks are not merged but by a copy
		uint64(t.addrsUsed) > t.addrs*11/16 ||
		t.zones < maxZones && uint64(t.zonesUsed+len(t.zonesGone)+len(t.rezoning.gone)) > t.zones*7/8
}

// growInto lets an empty generation grow beside the current one.
func (w *Writer) growInto(next *table) {
	next.mark = w.cur.mark
	w.next, w.at, w.atAddr = next, 0, 0
	w.zonesMoved = make([]bool, w.cur.zones)
	w.zonesMoved[0] = true // no zone
}

// dropNext gives the growing generation up. The next attempt makes more room.
func (w *Writer) dropNext() {
	if w.next == nil {
		return
	}
	w.epochs.root.store64(rootNextOff, 0)
	os.Remove(generationPath(w.dir, w.next.number))
	go unmap(w.next.mem) // as in switchOver
	w.next = nil
	w.room *= 1.5
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
			if w.making == nil {
				w.startNext()
			}
			if err := w.adoptNext(<-w.making.done); err != nil {
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
	w.next.settle() // nobody has looked at it
	w.cur, w.next, w.room = w.next, nil, 1
	if w.published {
		w.epochs.root.store64(rootGenerationOff, w.cur.number)
	}
	w.epochs.root.store64(rootNextOff, 0)
	os.Remove(generationPath(w.dir, old.number))
	go unmap(old.mem) // milliseconds, in which changes go on
}

// Tick does pending work in a small portion: it frees memory whose grace
// period is over, tells names below an apex or a cut that came or went where they
// stand, and lets a generation grow. Call it every few milliseconds; more asks for another
// call at once. ErrNotMade says that the snapshot cannot grow:
// changes go on while they fit.
func (w *Writer) Tick() (more bool, err error) {
	if err := w.checkFiles(); err != nil {
		return false, err
	}
	defer w.catchFaults(debug.SetPanicOnFault(true), &err)
	w.reclaim()
	if err := w.step(stepOfTick); err != nil {
		return false, err
	}
	settled := w.cur.rezone(rezoneOfTick)
	err, w.growErr = w.growErr, nil
	return w.next != nil || !settled, err
}

// reclaim frees what no reader can look at any more.
func (w *Writer) reclaim() {
	oldest := w.epochs.oldest()
	w.cur.reclaim(oldest)
	if w.next != nil {
		w.next.reclaim(oldest)
	}
}
