package snapshot

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

func generationPath(dir string, number uint64) string {
	return filepath.Join(dir, fmt.Sprintf("generation-%d", number))
}

// createFile makes a file of size octets whose pages are all there, and maps
// it for writing. A file of that name is replaced.
func createFile(path string, size uint64) (memory, error) {
	os.Remove(path)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, fmt.Errorf("%w: see that the directory is there, and that control may write to it", err)
	}
	defer f.Close()
	m, err := allocateAndMap(f, size)
	if err != nil {
		os.Remove(path)
	}
	return m, err
}

func allocateAndMap(f *os.File, size uint64) (memory, error) {
	err := unix.Fallocate(int(f.Fd()), 0, 0, int64(size))
	if errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.ENOMEM) {
		return nil, fmt.Errorf("%s: no room for %d MiB: reserve more huge pages (vm.nr_hugepages), enlarge the file system, or set another snapshot-dir", f.Name(), size>>20)
	}
	if err != nil {
		return nil, fmt.Errorf("allocate %s: %w: set another snapshot-dir", f.Name(), err)
	}
	return mapFile(f, true)
}

// mapFile maps the whole of f. Its pages are made present, so that a poll
// loop does not take faults.
func mapFile(f *os.File, write bool) (memory, error) {
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if st.Size() < genHeaderSize || st.Size() > 1<<45 {
		return nil, fmt.Errorf("%s: %w: %d octets", f.Name(), ErrDamaged, st.Size())
	}
	prot := unix.PROT_READ
	if write {
		prot |= unix.PROT_WRITE
	}
	m, err := unix.Mmap(int(f.Fd()), 0, int(st.Size()), prot, unix.MAP_SHARED|unix.MAP_POPULATE)
	if err != nil {
		return nil, fmt.Errorf("map %s: %w", f.Name(), err)
	}
	return memory(m), nil
}

// openAndMap maps an existing file.
func openAndMap(path string, write bool) (memory, error) {
	flag := os.O_RDONLY
	if write {
		flag = os.O_RDWR
	}
	f, err := os.OpenFile(path, flag, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return mapFile(f, write)
}

func unmap(m memory) {
	if m != nil {
		unix.Munmap(m) //nolint:errcheck // fails only for what is not a mapping
	}
}

// lockRange takes an open-file-description lock on one octet of f; false if
// another process, or another open of the file, has it.
func lockRange(f *os.File, at int64) (bool, error) {
	lk := unix.Flock_t{Type: unix.F_WRLCK, Start: at, Len: 1}
	err := unix.FcntlFlock(f.Fd(), unix.F_OFD_SETLK, &lk)
	if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EACCES) {
		return false, nil
	}
	return err == nil, err
}

// lockedRange reports whether someone else has that lock.
func lockedRange(f *os.File, at int64) bool {
	lk := unix.Flock_t{Type: unix.F_WRLCK, Start: at, Len: 1}
	err := unix.FcntlFlock(f.Fd(), unix.F_OFD_GETLK, &lk)
	return err != nil || lk.Type != unix.F_UNLCK
}
