package snapshot

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestGenerationThatCannotBeMadeIsNoDamage verifies that a writer which could
// not make a new generation says so, where and what to do, and not that the
// snapshot is damaged, which is then thrown away; and that it goes on.
func TestGenerationThatCannotBeMadeIsNoDamage(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, w *Writer)
		want  string
	}{
		{"no directory", func(_ *testing.T, w *Writer) { w.dir = filepath.Join(w.dir, "gone") }, "see that the directory is there"},
		{"no room", func(_ *testing.T, w *Writer) { w.room = 1 << 36 }, "set another snapshot-dir"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			w := openWriter(t, dir)
			mustPut(t, w, "a.", addrs(1, "192.0.2.1"))
			c.spoil(t, w)
			w.startNext()
			number := w.making.number
			awaitMade(w)
			_, err := w.Tick()
			if !errors.Is(err, ErrNotMade) || errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), filepath.Base(generationPath(dir, number))) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v", err)
			}
			w.dir, w.room = dir, 1
			if _, err := os.Stat(generationPath(dir, number)); err == nil {
				t.Error("a part of the file is left")
			}
			mustPut(t, w, "b.", addrs(1, "192.0.2.1"))
		})
	}
}

// TestFaultInANewFileIsNoDamage verifies that a fault while a generation is made,
// as where somebody shortens its file at once, is none of the one in use.
func TestFaultInANewFileIsNoDamage(t *testing.T) {
	w := openWriter(t, t.TempDir())
	path := filepath.Join(w.dir, "generation-9")
	m, err := createFile(path, uint64(len(w.cur.mem)))
	if err != nil {
		t.Fatal(err)
	}
	defer unmap(m)
	shorten(t, w.dir, 0, "generation-9")
	if _, err := newGeneration(m, w.cur.geometry, w.epochs, path); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), path) {
		t.Errorf("the fault is %v", err)
	}
	if _, err := w.Tick(); err != nil {
		t.Errorf("the generation in use: %v", err)
	}
}
