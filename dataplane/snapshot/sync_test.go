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
		awaitMade(w)
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

// TestNameOfAFailedSyncGoes verifies that a name that only a synchronisation put
// which did not end is removed by the next, while the table grows too. It counted
// as seen, and was served on.
func TestNameOfAFailedSyncGoes(t *testing.T) {
	for _, growing := range []bool{false, true} {
		t.Run(fmt.Sprintf("growing=%v", growing), func(t *testing.T) {
			w := openWriter(t, t.TempDir())
			begin := func() {
				t.Helper()
				if err := w.BeginSync(0); err != nil {
					t.Fatal(err)
				}
			}
			begin()
			mustPut(t, w, "kept.example.", addrs(1, "192.0.2.1"))
			if _, err := w.EndSync(); err != nil {
				t.Fatal(err)
			}
			if growing {
				next, err := w.fresh(1000)
				if err != nil {
					t.Fatal(err)
				}
				w.growInto(next)
			}
			begin()
			mustPut(t, w, "gone.example.", addrs(1, "192.0.2.1"))
			begin()
			mustPut(t, w, "kept.example.", addrs(1, "192.0.2.1"))
			if removed, err := w.EndSync(); removed != 1 || err != nil {
				t.Errorf("removed %d, %v; want 1", removed, err)
			}
			for w.next != nil {
				if _, err := w.Tick(); err != nil {
					t.Fatal(err)
				}
			}
			begin()
			if removed, err := w.EndSync(); removed != 1 || err != nil {
				t.Errorf("then removed %d, %v; want 1", removed, err)
			}
		})
	}
}
