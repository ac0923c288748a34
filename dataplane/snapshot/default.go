package snapshot

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// defaultDirs are where control and dataplane can meet if nothing is configured,
// the best first: "skydns" in a hugetlbfs, which comes last if no huge pages are
// reserved, and /dev/shm/skydns.
func defaultDirs() []string {
	dirs := []string{"/dev/shm/skydns"}
	mounts, _ := os.ReadFile("/proc/self/mounts")
	mount := hugeMount(string(mounts), defaultHugePage(), func(dir string) uint64 {
		size, _, _ := pageSize(dir)
		return size
	})
	if mount == "" {
		return dirs
	}
	dir := filepath.Join(mount, "skydns")
	pages, err := os.ReadFile("/proc/sys/vm/nr_hugepages")
	if err != nil || strings.TrimSpace(string(pages)) == "0" {
		return append(dirs, dir)
	}
	return append([]string{dir}, dirs...)
}

// DefaultDir is where control and dataplane meet if nothing is configured: where
// a control is at work, else in huge pages where these are reserved and hugetlbfs
// is mounted, else in /dev/shm. huge tells which.
func DefaultDir() (dir string, huge bool) {
	dir = writersDir(defaultDirs())
	return dir, isHuge(dir)
}

// writersDir is the one of dirs in which a writer is, else the first.
func writersDir(dirs []string) string { return firstThat(dirs, written) }

// readersDir is writersDir but for where no writer is: the first then that one
// has left.
func readersDir(dirs []string) string { return firstThat(dirs, written, begun) }

// firstThat is the first of dirs of which the first of the conditions holds that
// holds of any, else the first.
func firstThat(dirs []string, conditions ...func(dir string) bool) string {
	for _, holds := range conditions {
		if i := slices.IndexFunc(dirs, holds); i >= 0 {
			return dirs[i]
		}
	}
	return dirs[0]
}

// written reports whether a writer has its lock on dir.
func written(dir string) bool {
	f, err := os.Open(rootPath(dir))
	if err != nil {
		return false
	}
	defer f.Close()
	return lockedRange(f, 0)
}

// begun reports whether a writer is in dir or has been.
func begun(dir string) bool {
	_, err := os.Stat(rootPath(dir))
	return err == nil
}

// isHuge reports whether dir, which need not exist yet, is in huge pages.
func isHuge(dir string) bool {
	_, huge, err := pageSize(dir)
	if err != nil {
		_, huge, _ = pageSize(filepath.Dir(dir))
	}
	return huge
}

// hugeMount is the first hugetlbfs among mounts whose pages have that size, which
// is the one that vm.nr_hugepages reserves: each file takes a page at least.
func hugeMount(mounts string, size uint64, sizeOf func(dir string) uint64) string {
	for line := range strings.Lines(mounts) {
		if f := strings.Fields(line); len(f) > 2 && f[2] == "hugetlbfs" && sizeOf(f[1]) == size {
			return f[1]
		}
	}
	return ""
}

// defaultHugePage is the size of the huge pages that vm.nr_hugepages counts.
func defaultHugePage() uint64 {
	const kib = 1 << 10
	info, _ := os.ReadFile("/proc/meminfo")
	for line := range strings.Lines(string(info)) {
		var n uint64
		if _, err := fmt.Sscanf(line, "Hugepagesize: %d kB", &n); err == nil {
			return n * kib
		}
	}
	return 0
}

const hugetlbfsMagic = 0x958458f6 // statfs(2)

// pageSize is the size of the pages behind files in dir, and whether they
// are huge.
func pageSize(dir string) (size uint64, huge bool, err error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return 0, false, fmt.Errorf("statfs %s: %w", dir, err)
	}
	if uint64(uint32(fs.Type)) == hugetlbfsMagic {
		return uint64(fs.Bsize), true, nil
	}
	return uint64(os.Getpagesize()), false, nil
}
