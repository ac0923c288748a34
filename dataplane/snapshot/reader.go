package snapshot

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync/atomic"
)

// Reader maps the snapshot of one directory, read-only, for all cores of a
// process. Refresh, NewSlot and Close are called by one goroutine at a time;
// the slots belong to their cores.
type Reader struct {
	dir     string
	root    memory // nil until the directory has a root
	readers memory
	lock    *os.File // of the readers file: holds the slots' locks
	slots   []*Slot
	view    atomic.Pointer[View]
	next    *View     // mapped ahead of the switch
	left    []leaving // replaced, but perhaps still looked at
	last    string    // the error that was returned last
}

// OpenReader prepares to read the snapshot in dir, which may not exist yet:
// Refresh finds it when it is there.
func OpenReader(dir string) *Reader { return &Reader{dir: dir} }

// Refresh maps the current generation if it is not the mapped one; changed
// tells so. It is called about every millisecond, and never by a poll loop,
// for it makes system calls. After an error the last good generation stays in
// use. An error is returned when it appears, not at each call.
func (r *Reader) Refresh() (changed bool, err error) {
	changed, err = r.refresh()
	text := ""
	if err != nil {
		text = err.Error()
	}
	if text == r.last {
		return changed, nil
	}
	r.last = text
	return changed, err
}

func (r *Reader) refresh() (bool, error) {
	if r.root == nil {
		if err := r.openRoot(); err != nil || r.root == nil {
			return false, err
		}
	}
	r.unmapLeft()
	r.prepare()
	number := r.root.load64(rootGenerationOff)
	old := r.view.Load()
	if number == 0 || old != nil && old.number == number {
		return false, nil
	}
	view, err := r.open(number)
	if err != nil {
		return false, fmt.Errorf("generation %d of %s is not used: %w", number, r.dir, err)
	}
	r.view.Store(view)
	if old != nil {
		r.left = append(r.left, leaving{old, r.turns()})
	}
	return true, nil
}

// prepare maps the generation that will follow, so that the switch finds it
// mapped.
func (r *Reader) prepare() {
	number := r.root.load64(rootNextOff)
	if r.next != nil && r.next.number != number && r.next.number != r.root.load64(rootGenerationOff) {
		r.dropNext() // given up by its writer: its pages are wanted
	}
	if number == 0 || r.next != nil && r.next.number == number {
		return
	}
	if view, err := r.open(number); err == nil {
		r.dropNext()
		r.next = view
	}
}

func (r *Reader) dropNext() {
	if r.next != nil {
		unmap(r.next.mem)
		r.next = nil
	}
}

// open maps a generation, or takes the one that was mapped ahead.
func (r *Reader) open(number uint64) (*View, error) {
	if r.next != nil && r.next.number == number {
		view := r.next
		r.next = nil
		return view, nil
	}
	m, err := openAndMap(generationPath(r.dir, number), false)
	if err != nil {
		return nil, err
	}
	view, err := newView(m)
	if err == nil && view.number != number {
		err = fmt.Errorf("%w: it says that it is generation %d", ErrDamaged, view.number)
	}
	if err != nil {
		unmap(m)
		return nil, err
	}
	view.root = r.root
	return view, nil
}

// openRoot maps the root and gives the slots that wait their places. A
// directory without a root is no error: control has not been there yet.
func (r *Reader) openRoot() error {
	root, err := openAndMap(rootPath(r.dir), false)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if root.load64(rootMagicOff) == 0 { // control has just begun
		unmap(root)
		return nil
	}
	if err := r.takeRoot(root); err != nil {
		unmap(root)
		return err
	}
	return nil
}

// takeRoot checks root and maps the readers file beside it. After an error
// nothing of either is kept.
func (r *Reader) takeRoot(root memory) error {
	switch {
	case root.load64(rootMagicOff) != rootMagic:
		return fmt.Errorf("%s: %w", rootPath(r.dir), ErrNotSnapshot)
	case root.load64(rootVersionOff) != Version:
		return fmt.Errorf("%s: %w: %d, want %d", rootPath(r.dir), ErrVersion, root.load64(rootVersionOff), Version)
	}
	lock, err := os.OpenFile(readersPath(r.dir), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	readers, err := mapFile(lock, true)
	if err == nil && (len(readers) < readersSize || readers.load64(readersMagicOff) != readerMagic) {
		err = fmt.Errorf("%s: %w", readersPath(r.dir), ErrNotSnapshot)
	}
	if err == nil {
		err = r.attachAll(root, readers, lock)
	}
	if err != nil {
		unmap(readers)
		lock.Close()
	}
	return err
}

// attachAll takes the files over and gives every slot its place in them, or
// takes nothing.
func (r *Reader) attachAll(root, readers memory, lock *os.File) error {
	r.root, r.readers, r.lock = root, readers, lock
	for _, s := range r.slots {
		if err := r.attach(s); err != nil {
			for _, s := range r.slots {
				s.place.Store(nil)
			}
			r.root, r.readers, r.lock = nil, nil, nil
			return err
		}
	}
	return nil
}

// Close unmaps everything. Every slot has left before.
func (r *Reader) Close() error {
	r.dropNext()
	for _, l := range r.left {
		unmap(l.view.mem)
	}
	if v := r.view.Swap(nil); v != nil {
		unmap(v.mem)
	}
	for _, s := range r.slots {
		s.place.Store(nil)
	}
	unmap(r.root)
	unmap(r.readers)
	if r.lock == nil {
		return nil
	}
	return r.lock.Close()
}
