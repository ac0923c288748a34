package snapshot

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ErrLocked says that another writer has the directory.
var ErrLocked = errors.New("another control process writes this snapshot directory")

func rootPath(dir string) string    { return filepath.Join(dir, "root") }
func readersPath(dir string) string { return filepath.Join(dir, "readers") }

// ensureFile opens a file of the directory, locks its first octet if lock is
// set, and makes it size octets long if it is empty. Nothing is ever taken
// from its length. The writer alone locks; what it does not lock is for readers
// to write, who may be another user of the same group. What it locks is the root,
// whose secrets are for nobody else to read.
func ensureFile(path string, size uint64, lock bool) (*os.File, memory, error) {
	mode := os.FileMode(0o664)
	if lock {
		mode = 0o640
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, mode)
	if err != nil {
		return nil, nil, err
	}
	if lock {
		if ok, err := lockRange(f, 0); !ok {
			f.Close()
			return nil, nil, errors.Join(ErrLocked, err)
		}
		f.Chmod(mode) //nolint:errcheck // one that is older than the secrets; another user's stays as it is
	}
	m, err := sizedMap(f, size)
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, m, nil
}

func sizedMap(f *os.File, size uint64) (memory, error) {
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if uint64(st.Size()) < size {
		return allocateAndMap(f, size)
	}
	return mapFile(f, true)
}

// adoptRoot checks the root of an existing directory, or makes a new one. The
// magic is stored last: without it, there is nothing yet.
func adoptRoot(root, readers memory) error {
	switch root.load64(rootMagicOff) {
	case 0:
		root.store64(rootVersionOff, Version)
		root.store64(rootEpochOff, 1)
		if readers.load64(readersMagicOff) == 0 {
			readers.store64(readersMagicOff, readerMagic)
		}
		root.store64(rootMagicOff, rootMagic)
	case rootMagic:
		if v := root.load64(rootVersionOff); v != Version {
			return fmt.Errorf("root: %w: %d, want %d", ErrVersion, v, Version)
		}
	default:
		return ErrNotSnapshot
	}
	if readers.load64(readersMagicOff) == 0 { // somebody shortened the file
		readers.store64(readersMagicOff, readerMagic)
	}
	if readers.load64(readersMagicOff) != readerMagic {
		return fmt.Errorf("readers: %w", ErrNotSnapshot)
	}
	if root.load64(rootEpochOff) == 0 {
		root.store64(rootEpochOff, 1)
	}
	return nil
}

// openRoot opens root and readers of dir for the writer, and takes its lock.
// Those of another version make way for new ones: who has them mapped goes on
// with what they hold. replaced is the error that they gave.
func openRoot(dir string, page uint64) (root, readers *os.File, e *epochs, replaced, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, nil, nil, nil, err
	}
	root, readers, e, err = openFiles(dir, page)
	if !errors.Is(err, ErrVersion) {
		return root, readers, e, nil, err
	}
	replaced = err
	if err := retire(dir); err != nil {
		return nil, nil, nil, nil, fmt.Errorf("replace a snapshot of another version: %w", err)
	}
	root, readers, e, err = openFiles(dir, page)
	return root, readers, e, replaced, err
}

// retire removes root and readers, if no writer holds them.
func retire(dir string) error {
	old, err := os.OpenFile(rootPath(dir), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer old.Close()
	if ok, err := lockRange(old, 0); !ok {
		return errors.Join(ErrLocked, err)
	}
	return errors.Join(os.Remove(readersPath(dir)), os.Remove(rootPath(dir)))
}

// openFiles opens root and readers as they are, or new ones if there are none.
func openFiles(dir string, page uint64) (root, readers *os.File, e *epochs, err error) {
	root, rootMem, err := ensureFile(rootPath(dir), roundUp(rootSize, page), true)
	if err != nil {
		return nil, nil, nil, err
	}
	readers, readersMem, err := ensureFile(readersPath(dir), roundUp(readersSize, page), false)
	if err != nil {
		unmap(rootMem)
		root.Close()
		return nil, nil, nil, err
	}
	if err := adoptRoot(rootMem, readersMem); err != nil {
		unmap(rootMem)
		unmap(readersMem)
		root.Close()
		readers.Close()
		if errors.Is(err, ErrVersion) {
			return nil, nil, nil, err
		}
		return nil, nil, nil, fmt.Errorf("%w: stop dataplane, remove %s and start again", err, dir)
	}
	alive := func(slot int) bool { return lockedRange(readers, int64(slotSeenOff(slot))) }
	return root, readers, &epochs{root: rootMem, readers: readersMem, alive: alive}, nil
}
