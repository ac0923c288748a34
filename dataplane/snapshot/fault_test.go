package snapshot

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// shorten cuts the snapshot's files of these patterns to size octets.
func shorten(t *testing.T, dir string, size int64, patterns ...string) {
	t.Helper()
	for _, pattern := range patterns {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %v", pattern, files, err)
		}
		for _, f := range files {
			if err := os.Truncate(f, size); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestShortenedFilesAreRenewed verifies that files that are shortened under the
// writer give an error, each method of it, and that after Renew readers find all
// that is put again. They ended the process.
func TestShortenedFilesAreRenewed(t *testing.T) {
	secrets := CookieSecrets{Sign: [2]uint64{1, 2}}
	for _, patterns := range [][]string{{"generation-*"}, {"root"}, {"readers"}, {"generation-*", "root", "readers"}} {
		for _, size := range []int64{0, 4096} {
			t.Run(fmt.Sprint(patterns, size), func(t *testing.T) {
				dir := t.TempDir()
				w := openWriter(t, dir)
				mustPut(t, w, "a.example.", addrs(1, "192.0.2.1"))
				w.SetCookieSecrets(secrets)
				publish(t, w)
				r := OpenReader(dir)
				defer r.Close()
				slot, err := r.NewSlot()
				if err != nil {
					t.Fatal(err)
				}
				if _, err := r.Refresh(); err != nil {
					t.Fatal(err)
				}
				shorten(t, dir, size, patterns...)
				if size == 0 || patterns[0] != "root" { // which is whole with 4096
					damaged(t, w)
				}
				if err := w.Renew(100); err != nil {
					t.Fatal(err)
				}
				r.Refresh()
				if err := w.BeginSync(0); err != nil {
					t.Fatal(err)
				}
				mustPut(t, w, "b.example.", addrs(1, "192.0.2.1"))
				if _, err := w.EndSync(); err != nil {
					t.Fatal(err)
				}
				if changed, err := refreshed(r); !changed || err != nil {
					t.Fatalf("refreshed: changed %v, %v", changed, err)
				}
				v := slot.Enter()
				defer slot.Leave()
				if got, _ := v.CookieSecrets(); lookup(v, mustName(t, "b.example.")) == nil || got != secrets {
					t.Errorf("readers do not find the name that was put, or the secrets, which are %v", got)
				}
				w.epochs.advance()
				if w.epochs.oldest() == w.epochs.root.load64(rootEpochOff) {
					t.Error("the writer does not see that a core is inside")
				}
			})
		}
	}
}

// damaged verifies that a writer with a shortened file finds out, and stays so.
func damaged(t *testing.T, w *Writer) {
	t.Helper()
	var err error
	for i := 0; err == nil; i++ {
		if _, err = w.Tick(); i > checkEvery {
			t.Fatal("Ticks see nothing wrong")
		}
	}
	_, put := w.Put([]byte{1, 'x', 0}, nil)
	_, end := w.EndSync()
	for _, err := range []error{err, put, w.BeginSync(0), end} {
		if !errors.Is(err, ErrDamaged) {
			t.Errorf("error %v, want %v", err, ErrDamaged)
		}
	}
	w.damaged = nil // each method meets it
	w.Get([]byte{1, 'x', 0})
	for range 300 {
		w.Put([]byte{1, 'x', 0}, []RRset{addrs(1, "192.0.2.1")})
		w.Put([]byte{1, 'x', 0}, nil)
		w.damaged = nil
		w.EndSync()
		w.damaged = nil
		w.BeginSync(0)
		w.damaged = nil
		w.Tick()
		w.damaged = nil
	}
}

// TestShortRootGivesNoNumberTwice verifies that a generation that follows a
// control whose root was shortened is another one for readers that have the one
// before mapped. It had the same number, and was not looked at.
func TestShortRootGivesNoNumberTwice(t *testing.T) {
	dir := t.TempDir()
	w := openWriter(t, dir)
	mustPut(t, w, "a.", addrs(1, "192.0.2.1"))
	publish(t, w)
	w.Close()
	v, _ := view(t, dir)
	shorten(t, dir, 0, "root")
	w = openWriter(t, dir)
	if got := w.Stats().Generation; got <= v.Generation() {
		t.Errorf("generation %d follows %d", got, v.Generation())
	}
}

// TestShortReadersFileLosesNoReader verifies that a control that finds the
// readers file empty waits for the cores that read.
func TestShortReadersFileLosesNoReader(t *testing.T) {
	dir := t.TempDir()
	w := openWriter(t, dir)
	mustPut(t, w, "a.", addrs(1, "192.0.2.1"))
	publish(t, w)
	w.Close()
	_, slot := view(t, dir)
	slot.Leave()
	shorten(t, dir, 0, "readers")
	w = openWriter(t, dir)
	if w.Discarded != nil {
		t.Fatal(w.Discarded)
	}
	slot.Enter()
	w.epochs.advance()
	if w.epochs.oldest() == w.epochs.root.load64(rootEpochOff) {
		t.Error("the writer does not see that a core is inside")
	}
}

// TestFaultWhileGrowing verifies that a generation that is shortened while it is
// filled ends with an error too.
func TestFaultWhileGrowing(t *testing.T) {
	dir := t.TempDir()
	w := openWriter(t, dir)
	for i := range 1000 {
		mustPut(t, w, fmt.Sprintf("n%d.", i), addrs(1, "192.0.2.1"))
	}
	next := growing(t, w)
	shorten(t, dir, 0, filepath.Base(generationPath(dir, next.number)))
	if _, err := w.Tick(); !errors.Is(err, ErrDamaged) {
		t.Errorf("error %v, want %v", err, ErrDamaged)
	}
	if err := w.Renew(10); err != nil || w.next != nil {
		t.Errorf("renewed: %v", err)
	}
	mustPut(t, w, "a.", addrs(1, "192.0.2.1"))
	checkTable(t, w.cur)
}

// growing lets a generation grow beside that in use, and returns it.
func growing(t *testing.T, w *Writer) *table {
	t.Helper()
	w.startNext()
	if err := w.adoptNext(<-w.making.done); err != nil {
		t.Fatal(err)
	}
	return w.next
}

// TestCloseWithShortRoot verifies that a control whose root was shortened while
// a generation grew ends with an error: it crashed.
func TestCloseWithShortRoot(t *testing.T) {
	dir := t.TempDir()
	w, err := OpenWriter(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	growing(t, w)
	shorten(t, dir, 0, "root")
	if err := w.Close(); !errors.Is(err, ErrDamaged) {
		t.Errorf("error %v, want %v", err, ErrDamaged)
	}
}
