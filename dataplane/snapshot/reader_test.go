package snapshot

import (
	"os"
	"strings"
	"testing"
)

// mappings counts the files of dir that this process has mapped.
func mappings(t *testing.T, dir string) int {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Skip(err)
	}
	return strings.Count(string(maps), dir)
}

func TestRefreshOfUnfinishedRootLeaksNothing(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(rootPath(dir), make([]byte, rootSize), 0o644); err != nil {
		t.Fatal(err)
	}
	r := OpenReader(dir)
	for range 10 {
		if _, err := r.Refresh(); err != nil {
			t.Fatal(err)
		}
	}
	if n := mappings(t, dir); n != 0 {
		t.Errorf("%d mappings are left", n)
	}
}

// TestRootThatHasJustBegunIsNoDamage verifies that a reader which comes between
// the steps in which a writer makes its first files waits for them: it reported a
// damaged snapshot where both programs are started at once.
func TestRootThatHasJustBegunIsNoDamage(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(rootPath(dir), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	r := OpenReader(dir)
	defer r.Close()
	if changed, err := r.Refresh(); changed || err != nil {
		t.Errorf("an empty root: %v, %v", changed, err)
	}
	w := openWriter(t, dir)
	mustPut(t, w, "a.", addrs(1, "192.0.2.1"))
	publish(t, w)
	if changed, err := refreshed(r); !changed || err != nil {
		t.Errorf("the first generation: %v, %v", changed, err)
	}
}

// TestNoSlotFree verifies that a process for which no slot is left gets an
// error, at each attempt, and no more.
func TestNoSlotFree(t *testing.T) {
	dir := t.TempDir()
	w := openWriter(t, dir)
	mustPut(t, w, "a.", addrs(1, "192.0.2.1"))
	publish(t, w)
	r := OpenReader(dir)
	for range maxSlots + 1 {
		if _, err := r.NewSlot(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Refresh(); err == nil || !strings.Contains(err.Error(), ErrSlots.Error()) {
		t.Errorf("got %v", err)
	}
	r.Refresh()
	if r.slots[0].Enter() != nil {
		t.Error("there is a view without a slot for each core")
	}
	r.Close()
}

// TestGivenUpGenerationIsUnmapped verifies that a reader lets go of a
// generation that it has mapped ahead when its writer ends without it.
func TestGivenUpGenerationIsUnmapped(t *testing.T) {
	dir := t.TempDir()
	w := openWriter(t, dir)
	mustPut(t, w, "a.", addrs(1, "192.0.2.1"))
	publish(t, w)
	w.startNext()
	if err := w.adoptNext(<-w.making.done); err != nil {
		t.Fatal(err)
	}
	r := OpenReader(dir)
	r.Refresh()
	if r.next == nil {
		t.Fatal("the next generation is not mapped ahead")
	}
	w.dropNext()
	r.Refresh()
	if r.next != nil {
		t.Error("it is still mapped")
	}
	r.Close()
}

func TestDiscardedGenerationIsRemoved(t *testing.T) {
	dir := t.TempDir()
	w := openWriter(t, dir)
	publish(t, w)
	w.Close()
	if err := os.Truncate(generationPath(dir, 1), 8192); err != nil {
		t.Fatal(err)
	}
	w = openWriter(t, dir)
	if w.Discarded == nil {
		t.Fatal("a shortened generation was resumed")
	}
	publish(t, w)
	if files, _ := os.ReadDir(dir); len(files) != 3 {
		t.Errorf("want root, readers and one generation: %v", files)
	}
}
