package snapshot

import (
	"errors"
	"fmt"
	"os"
	"testing"
)

// TestExpect verifies that names may be expected that are there, are not there,
// or are none, before and after a fault, and that it changes nothing.
func TestExpect(t *testing.T) {
	w := openWriter(t, t.TempDir())
	var names [][]byte
	for i := range 200 {
		name := fmt.Sprintf("n%d.example.", i)
		if names = append(names, mustName(t, name)); i%2 == 0 {
			mustPut(t, w, name, ns(t, "ns.example."))
		}
	}
	names = append(names, []byte{0}, nil, []byte("no name"))
	before := w.Stats()
	w.Expect(names)
	w.Expect(nil)
	if after := w.Stats(); after != before {
		t.Errorf("got %+v, want %+v", after, before)
	}
	w.damaged = errors.New("a fault")
	w.Expect(names)
}

// TestExpectMeetsAFault verifies that a generation which somebody shortened
// makes it end, and the next change fail.
func TestExpectMeetsAFault(t *testing.T) {
	w := openWriter(t, t.TempDir())
	mustPut(t, w, "n.example.", ns(t, "ns.example."))
	if err := os.Truncate(generationPath(w.dir, w.cur.number), genHeaderSize); err != nil {
		t.Fatal(err)
	}
	w.Expect([][]byte{mustName(t, "n.example.")})
	if _, err := w.Put(mustName(t, "n.example."), nil); !errors.Is(err, ErrDamaged) {
		t.Errorf("got %v, want %v", err, ErrDamaged)
	}
}
