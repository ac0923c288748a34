package snapshot

import (
	"os"
	"time"
)

// growPause is how long growing ahead of need rests after there was no room for
// another generation: each attempt allocates one.
const growPause = 5 * time.Second

// making is a file of a generation that is being allocated. That takes half a
// millisecond a megabyte, in which changes go on.
type making struct {
	geometry
	done chan made
}

type made struct {
	table *table
	err   error
}

// startNext begins to make the larger generation: twice the room while small,
// then a third more, so that memory stays near what the names need.
func (w *Writer) startNext() {
	t := w.cur
	factor := 1.3
	if t.nodes < 1<<16 {
		factor = 2
	}
	scale := func(n int, least float64) uint64 { return uint64(float64(n)*factor + least*w.room) }
	g := plan(w.epochs.number(), t.seed, scale(t.nodes, 1024), scale(int(t.alloc.used), 64<<10),
		scale(max(2*t.addrsLive(), t.nodes/8), 256), scale(2*t.zonesUsed, 64), w.page)
	m := &making{geometry: g, done: make(chan made, 1)}
	dir, epochs := w.dir, w.epochs
	go func() {
		t, err := create(dir, g, epochs)
		m.done <- made{t, err}
	}()
	w.making = m
}

// adoptNext lets the generation that was made grow beside the current one.
func (w *Writer) adoptNext(m made) error {
	g := w.making.geometry
	w.making = nil
	if m.err != nil {
		w.growAfter = time.Now().Add(growPause)
		return m.err
	}
	w.growInto(m.table)
	w.epochs.root.store64(rootNextOff, g.number)
	return nil
}

// dropMaking waits for a generation that is being made, and gives it up.
func (w *Writer) dropMaking() {
	if w.making == nil {
		return
	}
	if m := <-w.making.done; m.err == nil {
		os.Remove(generationPath(w.dir, w.making.number))
		unmap(m.table.mem)
	}
	w.making = nil
}
