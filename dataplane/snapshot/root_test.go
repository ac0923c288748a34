package snapshot

import (
	"errors"
	"testing"
)

// TestAnotherVersionIsReplaced verifies that a writer of this version starts
// anew where one of another was, and that who had that one mapped keeps it.
func TestAnotherVersionIsReplaced(t *testing.T) {
	dir := t.TempDir()
	w := openWriter(t, dir)
	mustPut(t, w, "www.example.", addrs(30, "192.0.2.1"))
	if _, err := w.EndSync(); err != nil {
		t.Fatal(err)
	}
	r := OpenReader(dir)
	if _, err := r.Refresh(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	w.epochs.root.store64(rootVersionOff, Version+1)
	if _, err := OpenWriter(Options{Dir: dir}); !errors.Is(err, ErrLocked) {
		t.Fatalf("beside a writer of another version: %v", err)
	}
	w.Close()

	w = openWriter(t, dir)
	if !errors.Is(w.Discarded, ErrVersion) {
		t.Errorf("Discarded: %v", w.Discarded)
	}
	name := lowerOf(mustName(t, "www.example."))
	if v := r.view.Load(); v == nil || v.Lookup(name, name.Hash(v.Seed())) == nil {
		t.Error("who had the old snapshot mapped lost it")
	}
	if w.published {
		t.Error("the new one is published before it is complete")
	}
}
