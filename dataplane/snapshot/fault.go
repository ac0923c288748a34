package snapshot

import (
	"fmt"
	"os"
	"runtime/debug"

	"golang.org/x/sys/unix"
)

// A file that somebody shortens while it is mapped, or whose pages cannot be
// had, gives faults. The writer turns them into ErrDamaged, and can go on when
// Renew has begun a generation in place of the one that gave them.

// checkEvery is how many Ticks pass until the sizes of the files are looked at.
const checkEvery = 16

// catchFaults lets a function whose mapping of what gives a fault end with
// ErrDamaged. It is deferred, with the state that it restores:
//
//	defer catchFaults(debug.SetPanicOnFault(true), &err, what)
func catchFaults(before bool, err *error, what string) {
	debug.SetPanicOnFault(before)
	if cause := recover(); cause != nil {
		*err = faultError(cause, what)
	}
}

// faultError is the error of a fault. What is no fault panics on.
func faultError(cause any, what string) error {
	fault, ok := cause.(interface{ Addr() uintptr })
	if !ok {
		panic(cause)
	}
	return fmt.Errorf("%w: %s cannot be read or written at %#x: see who changes files there", ErrDamaged, what, fault.Addr())
}

// catchFaults is the function of that name for the writer, which is of no use
// after a fault: a change may be half done.
func (w *Writer) catchFaults(before bool, err *error) {
	debug.SetPanicOnFault(before)
	if cause := recover(); cause != nil {
		w.damaged = faultError(cause, w.dir)
		*err = w.damaged
	}
}

// checkFiles finds out, now and then, that a file is shorter than its mapping,
// before a change or a reader meets that.
func (w *Writer) checkFiles() error {
	if w.ticks++; w.ticks%checkEvery != 0 || w.damaged != nil {
		return w.damaged
	}
	for path, size := range map[string]int{
		rootPath(w.dir):                     len(w.epochs.root),
		readersPath(w.dir):                  len(w.epochs.readers),
		generationPath(w.dir, w.cur.number): len(w.cur.mem),
	} {
		var st unix.Stat_t
		if err := unix.Stat(path, &st); err == nil && st.Size < int64(size) {
			w.damaged = fmt.Errorf("%w: %s has %d octets instead of %d: see who shortened it", ErrDamaged, path, st.Size, size)
		}
	}
	return w.damaged
}

// Renew begins a fresh generation, with room for names names, after a method
// has returned ErrDamaged. As at the start readers keep what they have until
// the next EndSync. Root and readers files that were shortened are made whole;
// what they held is lost but for the secrets of DNS cookies.
func (w *Writer) Renew(names int) (err error) {
	defer w.catchFaults(debug.SetPanicOnFault(true), &err)
	if err := w.mend(); err != nil {
		return fmt.Errorf("snapshot directory %s: %w", w.dir, err)
	}
	t, err := w.fresh(uint64(max(names, 1000)))
	if err != nil {
		return err
	}
	w.dropMaking()
	w.dropNext()
	go unmap(w.cur.mem)
	w.cur, w.room, w.damaged, w.growErr = t, 1, nil, nil
	w.published, w.syncing, w.unswept, w.down = false, false, false, nil
	w.sweepFiles()
	return nil
}

// mend makes the root and the readers file as long as they are mapped, and
// valid: what was cut off is zero.
func (w *Writer) mend() error {
	for f, m := range map[*os.File]memory{w.root: w.epochs.root, w.rdrs: w.epochs.readers} {
		if err := unix.Fallocate(int(f.Fd()), 0, 0, int64(len(m))); err != nil {
			return fmt.Errorf("make %s whole: %w", f.Name(), err)
		}
	}
	if err := adoptRoot(w.epochs.root, w.epochs.readers); err != nil {
		return err
	}
	w.findReaders()
	w.raiseLast()
	w.secretsMu.Lock()
	defer w.secretsMu.Unlock()
	return w.writeSecrets()
}

// findReaders lets the epochs know of every process that reads, where the
// readers file does not tell any more.
func (w *Writer) findReaders() {
	for slot := maxSlots; slot > int(w.epochs.readers.load64(readersHighOff)); slot-- {
		if w.epochs.alive(slot - 1) {
			w.epochs.readers.store64(readersHighOff, uint64(slot))
		}
	}
}
