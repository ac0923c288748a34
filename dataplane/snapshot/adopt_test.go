package snapshot

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// looks is as many refreshes as it takes to see that a directory is another.
const looks = lookEvery + 1

// remake removes a snapshot directory and makes it anew, with one name.
func remake(t *testing.T, dir, name string) *Writer {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	w := openWriter(t, dir)
	mustPut(t, w, name, addrs(1, "192.0.2.1"))
	return w
}

// refreshed is r.Refresh as often as it takes, and the first error.
func refreshed(r *Reader) (changed bool, err error) {
	for range looks {
		c, e := r.Refresh()
		changed = changed || c
		if err == nil {
			err = e
		}
	}
	return changed, err
}

// TestDirectoryMadeAnew verifies that a directory that was removed and made
// anew is taken over once it has a generation, and not before.
func TestDirectoryMadeAnew(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "snapshot")
	publish(t, remake(t, dir, "a."))
	r := OpenReader(dir)
	defer r.Close()
	slot, err := r.NewSlot()
	if err != nil {
		t.Fatal(err)
	}
	holds := func(name string) bool {
		v := slot.Enter()
		defer slot.Leave()
		return v != nil && lookup(v, mustName(t, name)) != nil
	}
	r.Refresh()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if changed, err := refreshed(r); changed || err != nil || !holds("a.") {
		t.Errorf("removed: changed %v, %v", changed, err)
	}
	w := remake(t, dir, "b.")
	if changed, err := refreshed(r); changed || err != nil || !holds("a.") {
		t.Errorf("not complete yet: changed %v, %v", changed, err)
	}
	publish(t, w)
	if changed, err := refreshed(r); !changed || err != nil || !holds("b.") || holds("a.") {
		t.Errorf("complete: changed %v, %v, b. %v, a. %v", changed, err, holds("b."), holds("a."))
	}
	mustPut(t, w, "c.", addrs(1, "192.0.2.1"))
	if !holds("c.") {
		t.Error("what is put later is not there")
	}
	v := slot.Enter()
	if oldest := w.epochs.oldest(); oldest != w.epochs.root.load64(rootEpochOff) || v == nil {
		t.Errorf("oldest epoch %d", oldest)
	}
	w.epochs.advance()
	if w.epochs.oldest() == w.epochs.root.load64(rootEpochOff) {
		t.Error("the new writer does not see that a core is inside")
	}
	slot.Leave()
	if r.Refresh(); len(r.left) != 0 {
		t.Errorf("%d views of before are still mapped", len(r.left))
	}
}

// TestDamagedDirectoryMadeAnew verifies that one that is damaged is refused, said
// once, and followed when it is made well.
func TestDamagedDirectoryMadeAnew(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "snapshot")
	publish(t, remake(t, dir, "a."))
	r := OpenReader(dir)
	defer r.Close()
	slot, err := r.NewSlot()
	if err != nil {
		t.Fatal(err)
	}
	r.Refresh()
	w := remake(t, dir, "b.")
	publish(t, w)
	w.epochs.root.store64(rootVersionOff, Version+1)
	errs := 0
	for range 3 * looks {
		if _, err := r.Refresh(); err != nil {
			errs++
			if !strings.Contains(err.Error(), rootPath(dir)) {
				t.Errorf("the error does not name the file: %v", err)
			}
		}
	}
	if errs != 1 || lookup(slot.Enter(), mustName(t, "a.")) == nil {
		t.Errorf("%d errors, want 1, and the last good generation", errs)
	}
	slot.Leave()
	w.epochs.root.store64(rootVersionOff, Version)
	if changed, err := refreshed(r); !changed || err != nil {
		t.Errorf("made well: changed %v, %v", changed, err)
	}
}

// TestDirectoryMadeAnewUnderReaders verifies that cores that go on reading
// never look at what was unmapped.
func TestDirectoryMadeAnewUnderReaders(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "snapshot")
	publish(t, remake(t, dir, "name0."))
	r := OpenReader(dir)
	name := mustName(t, "name0.")
	var cores sync.WaitGroup
	stop := make(chan struct{})
	for range 3 {
		slot, err := r.NewSlot()
		if err != nil {
			t.Fatal(err)
		}
		r.Refresh()
		cores.Go(func() {
			for round := 0; ; round++ {
				select {
				case <-stop:
					slot.Leave()
					return
				default:
				}
				lookup(slot.Enter(), name)
				if round%3 == 0 {
					slot.Leave()
				}
			}
		})
	}
	for i := range 20 {
		w := remake(t, dir, fmt.Sprintf("name%d.", i+1))
		publish(t, w)
		if changed, err := refreshed(r); !changed || err != nil {
			t.Errorf("directory %d: changed %v, %v", i+1, changed, err)
		}
		w.Close()
	}
	close(stop)
	cores.Wait()
	r.Close()
}
