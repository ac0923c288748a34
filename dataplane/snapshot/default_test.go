package snapshot

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestHugeMountOfOtherPages verifies that a hugetlbfs of another page size than
// the default is passed over: one of 1 GiB would take two of them for root and
// readers, and vm.nr_hugepages reserves none for it.
func TestHugeMountOfOtherPages(t *testing.T) {
	const mounts = "proc /proc proc rw 0 0\nnodev /mnt/giant hugetlbfs rw,pagesize=1024M 0 0\nnodev /dev/hugepages hugetlbfs rw,pagesize=2M 0 0\n"
	sizeOf := func(dir string) uint64 {
		return map[string]uint64{"/mnt/giant": 1 << 30, "/dev/hugepages": 2 << 20}[dir]
	}
	for size, want := range map[uint64]string{2 << 20: "/dev/hugepages", 1 << 30: "/mnt/giant", 64 << 10: ""} {
		if got := hugeMount(mounts, size, sizeOf); got != want {
			t.Errorf("pages of %d: %q, want %q", size, got, want)
		}
	}
}

// TestReaderFollowsTheDefault verifies that control and dataplane meet where the
// default directory became another one between their starts, in whatever order:
// dataplane read where no control was.
func TestReaderFollowsTheDefault(t *testing.T) {
	shm, huge := filepath.Join(t.TempDir(), "shm"), filepath.Join(t.TempDir(), "huge")
	dirs := []string{shm, huge}
	r := &Reader{dir: readersDir(dirs), dirs: func() []string { return dirs }}
	defer r.Close()
	slot, err := r.NewSlot()
	if err != nil {
		t.Fatal(err)
	}
	holds := func(name string) bool {
		t.Helper()
		if _, err := refreshed(r); err != nil {
			t.Error(err)
		}
		defer slot.Leave()
		v := slot.Enter()
		return v != nil && lookup(v, mustName(t, name)) != nil
	}
	start := func(name string) *Writer {
		w := openWriter(t, writersDir(dirs))
		mustPut(t, w, name, addrs(1, "192.0.2.1"))
		return w
	}
	if holds("a.") {
		t.Error("a name of no snapshot")
	}
	dirs = []string{huge, shm} // pages were reserved after dataplane's start
	w := start("a.")
	publish(t, w)
	if dir, _ := r.Dir(); !holds("a.") || w.Dir() != huge {
		t.Errorf("control is in %s, dataplane in %s", w.Dir(), dir)
	}
	dirs = []string{shm, huge} // and given back: control is where it was
	if !holds("a.") || writersDir(dirs) != huge || readersDir(dirs) != huge {
		t.Error("not where control is")
	}
	w.Close()
	if !holds("a.") || writersDir(dirs) != shm || readersDir(dirs) != huge {
		t.Error("without control dataplane is not where the snapshot is")
	}
	w = start("b.")
	if !holds("a.") {
		t.Error("a snapshot that is not complete is taken")
	}
	publish(t, w)
	if !holds("b.") || holds("a.") {
		t.Error("the snapshot of a restarted control is not taken")
	}
}

// TestReaderKeepsWhatItsControlLeft verifies that dataplane stays with the
// snapshot of a control that has ended where the first default directory holds
// one of long ago. It went back to that.
func TestReaderKeepsWhatItsControlLeft(t *testing.T) {
	before, now := t.TempDir(), t.TempDir()
	for dir, name := range map[string]string{before: "old.", now: "new."} {
		w := openWriter(t, dir)
		mustPut(t, w, name, addrs(1, "192.0.2.1"))
		publish(t, w)
		w.Close()
	}
	r := &Reader{dir: now, dirs: func() []string { return []string{before, now} }}
	defer r.Close()
	slot, err := r.NewSlot()
	if err != nil {
		t.Fatal(err)
	}
	for range 3 * lookEvery {
		if _, err := r.Refresh(); err != nil {
			t.Fatal(err)
		}
	}
	defer slot.Leave()
	if lookup(slot.Enter(), mustName(t, "new.")) == nil {
		dir, _ := r.Dir()
		t.Errorf("it reads %s", dir)
	}
}

// hugeDir is a directory in huge pages of which pages are free.
func hugeDir(t *testing.T, pages int) string {
	t.Helper()
	info, _ := os.ReadFile("/proc/meminfo")
	free := 0
	for line := range strings.Lines(string(info)) {
		fmt.Sscanf(line, "HugePages_Free: %d", &free)
	}
	dir, huge := DefaultDir()
	if free < pages || !huge {
		t.Skipf("%d huge pages are free for %s, %d are needed: tools/hugepages.sh reserves them", free, dir, pages)
	}
	made, err := os.MkdirTemp(filepath.Dir(dir), "skydns-test-")
	if err != nil {
		t.Skipf("no directory in huge pages: %v", err)
	}
	t.Cleanup(func() { os.RemoveAll(made) })
	return made
}

// TestHugePages verifies a snapshot in huge pages: its growth, files that are
// shortened, and a restart.
func TestHugePages(t *testing.T) {
	dir := hugeDir(t, 24)
	w := openWriter(t, dir)
	if !w.Stats().Huge {
		t.Fatalf("%s counts as not in huge pages", dir)
	}
	publish(t, w)
	r := OpenReader(dir)
	defer r.Close()
	slot, err := r.NewSlot()
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; w.Stats().Generation < 3; i++ {
		name := fmt.Sprintf("n%d.example.", i)
		mustPut(t, w, name, addrs(1, "192.0.2.1"))
		w.Tick()
		if _, err := r.Refresh(); err != nil {
			t.Fatal(err)
		}
		if lookup(slot.Enter(), mustName(t, name)) == nil {
			t.Fatalf("%s is not there at once", name)
		}
		slot.Leave()
	}
	shorten(t, dir, 0, "*")
	for i := 0; err == nil && i <= checkEvery; i++ {
		_, err = w.Tick()
	}
	if !errors.Is(err, ErrDamaged) {
		t.Fatalf("shortened: %v", err)
	}
	if err := w.Renew(10); err != nil {
		t.Fatal(err)
	}
	mustPut(t, w, "a.", addrs(1, "192.0.2.1"))
	publish(t, w)
	w.Close()
	w = openWriter(t, dir)
	refreshed(r)
	defer slot.Leave()
	if w.Discarded != nil || lookup(slot.Enter(), mustName(t, "a.")) == nil {
		t.Errorf("after a restart: %v", w.Discarded)
	}
}
