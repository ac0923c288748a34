package publish

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/ipdcode/skydns/control/store"
)

// TestStandstill verifies that a publisher without work gets on, and that one
// that does not run any more is seen not to.
func TestStandstill(t *testing.T) {
	f := newFixture(t, t.TempDir())
	if s := f.Standstill(); s != 0 {
		t.Errorf("%v before it runs", s)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		f.Run(ctx, make(chan store.Batch))
	}()
	for range 3 {
		for before := f.turn.at.Load(); f.turn.at.Load() == before; {
			time.Sleep(time.Millisecond)
		}
	}
	cancel()
	<-ended
	for last := f.Standstill(); f.Standstill() < last+10*time.Millisecond; {
		time.Sleep(time.Millisecond)
	}
}

// TestLongWorkIsNoStandstill verifies that a publisher gets on within a list
// and within a batch of changes.
func TestLongWorkIsNoStandstill(t *testing.T) {
	var keys []string
	for i := range tickNames + 1 {
		keys = append(keys, fmt.Sprintf(`/skydns/local/skydns/n%d/x {"type":"A","host":"10.0.0.1"}`, i))
	}
	for name, work := range map[string]func(*fixture){
		"a list":  func(f *fixture) { f.sync(keys...) },
		"changes": func(f *fixture) { f.sync(); f.turn.at.Store(0); f.change(keys[0]) },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, t.TempDir())
			work(f)
			if f.turn.at.Load() == 0 {
				t.Error("it is taken to stand still")
			}
		})
	}
}
