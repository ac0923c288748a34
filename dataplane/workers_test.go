package main

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/netio"
	"github.com/ipdcode/skydns/dataplane/stats"
	"github.com/ipdcode/skydns/dataplane/worker"
)

// events is what queues did, in order.
type events struct {
	mu  sync.Mutex
	all []string
}

func (e *events) add(s string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, s)
}

// testQueue is a queue without queries until it is closed, and then with one.
type testQueue struct {
	name   string
	events *events
	closed atomic.Bool
	left   int
	drops  netio.Drops
}

func (q *testQueue) Receive(b *engine.Batch) bool {
	b.N = 0
	if !q.closed.Load() {
		time.Sleep(time.Millisecond)
		return true
	}
	if q.left == 0 {
		q.events.add(q.name + " ends")
		return false
	}
	q.left--
	b.N, b.Msg[0] = 1, make([]byte, 12)
	return true
}

func (q *testQueue) Send(b *engine.Batch) {
	if len(b.Msg[0]) == 0 {
		q.events.add(q.name + " drops")
	}
}

func (q *testQueue) Drops() *netio.Drops { return &q.drops }

func (q *testQueue) Close() error {
	if !q.closed.Swap(true) {
		q.events.add(q.name + " closes")
	}
	return nil
}

// testWorker serves a testQueue on a core.
func testWorker(name string, core, left int, e *events) *worker.Worker {
	return &worker.Worker{
		Core: core, Queue: &testQueue{name: name, events: e, left: left}, Engine: engine.New(engine.Config{}),
		Counters: new(stats.Core), Clock: new(atomic.Uint64), Log: zerolog.Nop(),
	}
}

// TestTCPEndsBeforeItsWay verifies that the poll loops, by which replies over TCP
// leave behind an exception port, end only once TCP has.
func TestTCPEndsBeforeItsWay(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	e := new(events)
	err := runWorkers(ctx, []*worker.Worker{testWorker("poll", worker.AnyCore, 0, e)}, []*worker.Worker{testWorker("tcp", worker.AnyCore, 0, e)})
	if want := []string{"tcp closes", "tcp ends", "poll closes", "poll ends"}; err != nil || !slices.Equal(e.all, want) {
		t.Errorf("%v: %v, want %v", err, e.all, want)
	}
}

// TestFailedPinEndsQueue verifies that the queue of a worker that cannot have its
// core gives back what it holds, and that all others end too.
func TestFailedPinEndsQueue(t *testing.T) {
	e := new(events)
	const absent = 1000
	err := runWorkers(context.Background(), []*worker.Worker{testWorker("poll", absent, 1, e)}, []*worker.Worker{testWorker("tcp", worker.AnyCore, 0, e)})
	if want := []string{"poll closes", "poll drops", "poll ends", "tcp closes", "tcp ends"}; err == nil || !slices.Equal(e.all, want) {
		t.Errorf("%v: %v, want %v", err, e.all, want)
	}
}
