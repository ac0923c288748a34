package snapshot

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync/atomic"
)

// directory is the files of a snapshot directory that all its generations
// share, as a reader has mapped them.
type directory struct {
	root     memory
	identity os.FileInfo // of root
	readers  memory
	lock     *os.File // of the readers file: holds the slots' locks
	next     int      // the first slot that was not tried yet
}

// openDirectory maps the files of dir. It returns nil where control has not
// been yet.
func openDirectory(dir string) (*directory, error) {
	f, err := os.Open(rootPath(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	identity, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if identity.Size() == 0 { // control has just begun
		return nil, nil
	}
	root, err := mapFile(f, false)
	if err != nil {
		return nil, err
	}
	d := &directory{root: root, identity: identity}
	if root.load64(rootMagicOff) == 0 { // likewise
		d.close()
		return nil, nil
	}
	if err := d.openReaders(dir); err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

// openReaders checks the root and maps the readers file beside it.
func (d *directory) openReaders(dir string) (err error) {
	switch {
	case d.root.load64(rootMagicOff) != rootMagic:
		return fmt.Errorf("%s: %w", rootPath(dir), ErrNotSnapshot)
	case d.root.load64(rootVersionOff) != Version:
		return fmt.Errorf("%s: %w: %d, want %d", rootPath(dir), ErrVersion, d.root.load64(rootVersionOff), Version)
	}
	if d.lock, err = os.OpenFile(readersPath(dir), os.O_RDWR, 0); err != nil {
		return err
	}
	if d.readers, err = mapFile(d.lock, true); err != nil {
		return err
	}
	if len(d.readers) < readersSize || d.readers.load64(readersMagicOff) != readerMagic {
		return fmt.Errorf("%s: %w", readersPath(dir), ErrNotSnapshot)
	}
	return nil
}

// replaced reports whether dir has been removed and made anew. While it is
// missing it has not.
func (d *directory) replaced(dir string) bool {
	now, err := os.Stat(rootPath(dir))
	return err == nil && !os.SameFile(now, d.identity)
}

// claim takes the next free slot. The lock on it ends with this process,
// however that ends: the writer then stops waiting for it.
func (d *directory) claim() (*place, error) {
	for d.next < maxSlots {
		i := d.next
		d.next++
		off := slotSeenOff(i)
		ok, err := lockRange(d.lock, int64(off))
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		d.readers.store64(off, 0)
		d.raiseHigh(uint64(i + 1))
		return &place{epoch: d.root.word64(rootEpochOff), seen: d.readers.word64(off)}, nil
	}
	return nil, ErrSlots
}

// raiseHigh lets the writer look at the first n slots.
func (d *directory) raiseHigh(n uint64) {
	high := d.readers.word64(readersHighOff)
	for {
		now := atomic.LoadUint64(high)
		if now >= n || atomic.CompareAndSwapUint64(high, now, n) {
			return
		}
	}
}

func (d *directory) close() error {
	unmap(d.root)
	unmap(d.readers)
	if d.lock == nil {
		return nil
	}
	return d.lock.Close()
}
