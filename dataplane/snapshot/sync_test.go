package snapshot

import (
	"fmt"
	"testing"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// TestFirstSyncEndsWhileGrowing verifies that readers get every generation
// where the first synchronisation ends with a larger table half filled.
func TestFirstSyncEndsWhileGrowing(t *testing.T) {
	dir := t.TempDir()
	w := openWriter(t, dir)
	r := OpenReader(dir)
	t.Cleanup(func() { r.Close() })
	if err := w.BeginSync(0); err != nil {
		t.Fatal(err)
	}
	names := 0
	for ; w.next == nil && names < 100_000; names++ {
		name, err := wire.ParseName(fmt.Sprintf("n%d.example.", names))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Put(name, []RRset{{Type: wire.TypeA, TTL: 1, Data: [][]byte{{192, 0, 2, 1}}}}); err != nil {
			t.Fatal(err)
		}
	}
	if w.next == nil {
		t.Fatalf("%d names need no growth", names)
	}
	if _, err := w.EndSync(); err != nil {
		t.Fatal(err)
	}
	for more := true; more; {
		if _, err := r.Refresh(); err != nil {
			t.Fatal(err)
		}
		var err error
		if more, err = w.Tick(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Refresh(); err != nil {
		t.Fatal(err)
	}
	if got := r.view.Load().Generation(); got != w.cur.number || w.Stats().Names != names {
		t.Errorf("generation %d with %d names, want %d with %d", got, w.Stats().Names, w.cur.number, names)
	}
}
