package stats

import (
	"errors"
	"testing"
	"time"

	"github.com/ipdcode/skydns/dataplane/snapshot"
)

// TestEndWaitsForWhoLooks verifies that the snapshot may be unmapped after end:
// who looks at it then is waited for, and nobody does any more.
func TestEndWaitsForWhoLooks(t *testing.T) {
	dir := t.TempDir()
	w, err := snapshot.OpenWriter(snapshot.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if _, err := w.EndSync(); err != nil {
		t.Fatal(err)
	}
	r := snapshot.OpenReader(dir)
	defer r.Close()
	if _, err := r.Refresh(); err != nil {
		t.Fatal(err)
	}
	slot, err := r.NewSlot()
	if err != nil {
		t.Fatal(err)
	}
	s := &stored{slot: slot}
	looking, ended := make(chan struct{}), make(chan struct{})
	go s.look(func(*snapshot.View) {
		close(looking)
		select {
		case <-ended:
			t.Error("the end does not wait for who looks")
		case <-time.After(10 * time.Millisecond):
		}
	})
	<-looking
	s.end()
	close(ended)
	if err := s.look(func(*snapshot.View) { t.Error("a look after the end") }); !errors.Is(err, errNoSnapshot) {
		t.Errorf("error %v, want %v", err, errNoSnapshot)
	}
}
