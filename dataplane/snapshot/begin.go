package snapshot

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
)

// begin resumes the published generation or starts a fresh one.
func (w *Writer) begin(names int) error {
	w.findReaders()
	w.raiseLast()
	number := w.epochs.root.load64(rootGenerationOff)
	w.epochs.root.store64(rootNextOff, 0)
	if number != 0 {
		t, err := w.resume(number)
		if err == nil {
			w.cur, w.published = t, true
			w.sweepFiles()
			return nil
		}
		w.Discarded = fmt.Errorf("generation %d: %w", number, err)
	}
	t, err := w.fresh(uint64(max(names, 1000)))
	w.cur = t
	w.sweepFiles()
	return err
}

// resume maps a generation and finds the writer's private state again.
func (w *Writer) resume(number uint64) (t *table, err error) {
	defer catchFaults(debug.SetPanicOnFault(true), &err, generationPath(w.dir, number))
	m, err := openAndMap(generationPath(w.dir, number), true)
	if err != nil {
		return nil, err
	}
	if t, err = recoverTable(m, w.epochs); err != nil {
		unmap(m)
		return nil, err
	}
	return t, nil
}

// raiseLast makes the numbers of generations go on above those of the files
// that are there, where the root does not know of them: a reader that has one of
// them mapped would not see another of its number.
func (w *Writer) raiseLast() {
	files, _ := filepath.Glob(filepath.Join(w.dir, "generation-*"))
	for _, f := range files {
		var number uint64
		fmt.Sscanf(filepath.Base(f), "generation-%d", &number)
		if number > w.epochs.root.load64(rootLastOff) && number < maxNumber {
			w.epochs.root.store64(rootLastOff, number)
		}
	}
}

// maxNumber bounds what is taken from the name of a file.
const maxNumber = 1 << 62

// fresh makes an empty generation with room for names names of usual length.
func (w *Writer) fresh(names uint64) (*table, error) {
	const usual = 80 // octets of a node with one address: one cache line, and two for long names
	g := plan(w.epochs.number(), rand.Uint64(), names, names*usual*8/7+64<<10, names/8, 64, w.page)
	return create(w.dir, g, w.epochs)
}

// create makes the file of a generation, which holds nothing but the root. Its
// error is ErrNotMade, of which the cause is no more than text: a fault in the
// new file damages nothing that is in use.
func create(dir string, g geometry, e *epochs) (*table, error) {
	path := generationPath(dir, g.number)
	m, err := createFile(path, g.size)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrNotMade, err)
	}
	t, err := newGeneration(m, g, e, path)
	if err != nil {
		unmap(m)
		os.Remove(path)
		return nil, fmt.Errorf("%w: %v", ErrNotMade, err)
	}
	return t, nil
}

func newGeneration(m memory, g geometry, e *epochs, path string) (t *table, err error) {
	defer catchFaults(debug.SetPanicOnFault(true), &err, path)
	t = newTable(m, g, e)
	return t, t.ensureRoot()
}

// sweepFiles removes the generations that are no longer used.
func (w *Writer) sweepFiles() {
	files, _ := filepath.Glob(filepath.Join(w.dir, "generation-*"))
	used := map[string]bool{generationPath(w.dir, w.epochs.root.load64(rootGenerationOff)): true}
	for _, t := range []*table{w.cur, w.next} {
		if t != nil {
			used[generationPath(w.dir, t.number)] = true
		}
	}
	if w.making != nil {
		used[generationPath(w.dir, w.making.number)] = true
	}
	for _, f := range files {
		if !used[f] {
			os.Remove(f)
		}
	}
}
