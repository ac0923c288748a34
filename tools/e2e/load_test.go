package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ipdcode/skydns/tools/lab"
)

// entry is a name and the sorted addresses that it has.
type entry struct {
	name string
	ips  []string
}

// load asks a node about 2,000 queries a second and checks every answer.
type load struct {
	asked   atomic.Int64
	failed  atomic.Int64 // lost or wrong
	errors  chan error   // the first of them
	stop    chan struct{}
	workers sync.WaitGroup

	mu      sync.Mutex
	entries []entry
}

// startLoad asks for the entries until finish.
func startLoad(t *testing.T, server string, entries []entry) *load {
	t.Helper()
	l := &load{entries: entries, errors: make(chan error, 10), stop: make(chan struct{})}
	for range 4 {
		a, err := newAsker(server, netip.Addr{})
		if err != nil {
			t.Fatal(err)
		}
		l.workers.Go(func() { l.work(a) })
	}
	return l
}

// work is one worker: 500 queries a second, each answered before the next.
func (l *load) work(a *asker) {
	defer a.close()
	pace := time.NewTicker(2 * time.Millisecond)
	defer pace.Stop()
	for {
		select {
		case <-l.stop:
			return
		case <-pace.C:
		}
		e := l.pick()
		if err := a.expect(e.name, e.ips); err != nil {
			l.failed.Add(1)
			select {
			case l.errors <- err:
			default:
			}
		}
		l.asked.Add(1)
	}
}

func (l *load) pick() entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.entries[rand.IntN(len(l.entries))]
}

// add makes the load ask for one more name, which is answered already.
func (l *load) add(e entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries, e)
}

// pass returns after that many more queries.
func (l *load) pass(t *testing.T, queries int64) {
	t.Helper()
	until := l.asked.Load() + queries
	lab.Eventually(t, "ask on", func() error {
		if now := l.asked.Load(); now < until {
			return fmt.Errorf("%d queries to go", until-now)
		}
		return nil
	})
}

// finish ends the load and wants every query to have been answered rightly.
func (l *load) finish(t *testing.T) {
	t.Helper()
	close(l.stop)
	l.workers.Wait()
	close(l.errors)
	for err := range l.errors {
		t.Error("lost or wrong: ", err)
	}
	t.Logf("%d queries, %d lost or wrong", l.asked.Load(), l.failed.Load())
}
