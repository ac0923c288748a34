package snapshot

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
)

// Reader maps the snapshot of one directory, read-only, for all cores of a
// process. Refresh, NewSlot and Close are called by one goroutine at a time;
// the slots belong to their cores.
type Reader struct {
	dir   string
	dirs  func() []string // that it may be by default; nil if it was given
	files *directory      // nil until the directory has a root
	past  []*directory    // mapped until Close: a core may be about to store into one
	looks int             // since the last look whether the directory is another
	slots []*Slot
	view  atomic.Pointer[View]
	next  *View     // mapped ahead of the switch
	left  []leaving // replaced, but perhaps still looked at
	last  string    // the error that was returned last

	// faulted: what is mapped could not be read, and is not to be trusted even
	// if a generation of the same number is there now.
	faulted bool
}

// lookEvery is how many refreshes pass until the reader looks whether the
// directory was removed and made anew, or is another one by default.
const lookEvery = 50

// OpenReader prepares to read the snapshot in dir, which may not exist yet:
// Refresh finds it when it is there. "" stands for the directory that control
// uses by default, also when that becomes another one.
func OpenReader(dir string) *Reader {
	if dir != "" {
		return &Reader{dir: dir}
	}
	return &Reader{dir: readersDir(defaultDirs()), dirs: defaultDirs}
}

// Dir is the directory in which the reader looks, and whether it is in huge
// pages. It is called as Refresh is.
func (r *Reader) Dir() (dir string, huge bool) { return r.dir, isHuge(r.dir) }

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

// refresh is Refresh for every error. A fault, as when somebody shortened the
// files that are mapped, is one of them.
func (r *Reader) refresh() (changed bool, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if fault := recover(); fault != nil {
			changed, err = false, fmt.Errorf("%s: %w: it cannot be read: %v", rootPath(r.dir), ErrDamaged, fault)
			r.faulted = true
		}
	}()
	if dir, other := r.elsewhere(); other {
		if changed, err = r.adopt(dir); err != nil {
			return false, err // and at the next look: it is told once
		}
		r.looks %= lookEvery
		if r.files == nil {
			r.dir = dir
			return false, nil
		}
	}
	r.unmapLeft()
	r.prepare()
	number := r.files.root.load64(rootGenerationOff)
	old := r.view.Load()
	if number == 0 || old != nil && old.number == number && !r.faulted {
		return changed, nil
	}
	view, err := r.open(number)
	if err != nil {
		return false, fmt.Errorf("generation %d of %s is not used: %w", number, r.dir, err)
	}
	r.view.Store(view)
	r.faulted = false
	if old != nil {
		r.left = append(r.left, leaving{old, r.turns()})
	}
	return true, nil
}

// prepare maps the generation that will follow, so that the switch finds it
// mapped.
func (r *Reader) prepare() {
	number := r.files.root.load64(rootNextOff)
	if r.next != nil && r.next.number != number && r.next.number != r.files.root.load64(rootGenerationOff) {
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
	return r.files.open(r.dir, number)
}

// open maps a generation of the directory dir.
func (d *directory) open(dir string, number uint64) (*View, error) {
	m, err := openAndMap(generationPath(dir, number), false)
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
	view.root = d.root
	return view, nil
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
	var errs error
	for _, d := range append(r.past, r.files) {
		if d != nil {
			errs = errors.Join(errs, d.close())
		}
	}
	return errs
}
