// Package worker is the poll loop: one goroutine per core and queue, locked to
// its thread and pinned to its core, that receives, answers and sends for ever.
// It picks nothing and opens nothing: it is given its queue, its engine, its
// slot in the snapshot and its counters, and shares none of them.
package worker

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync/atomic"

	"github.com/rs/zerolog"
	"golang.org/x/sys/unix"

	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/netio"
	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/stats"
)

// AnyCore is the core of a worker whose queue waits more than it works, as of
// TCP: it runs wherever there is time.
const AnyCore = -1

// Worker is one poll loop. The exported fields are set before Run, and belong
// to it from then on.
type Worker struct {
	Core     int // the number of the core that the loop runs on; AnyCore
	Queue    netio.Queue
	Engine   *engine.Engine
	Slot     *snapshot.Slot
	Counters *stats.Core
	Clock    *atomic.Uint64 // milliseconds since 1970; another goroutine keeps it
	Log      zerolog.Logger

	batch   engine.Batch
	stage   stage          // of the batch under way
	view    *snapshot.View // likewise
	damaged *snapshot.View // a generation whose memory could not be read
	failed  bool           // a failure that is no fault was logged

	lockedOut bool // the last failure was that root or readers could not be read
	told      bool // and that was logged
}

// stage is what is done with the snapshot: the first and the last touch root
// and readers, and no generation.
type stage int

const (
	entering stage = iota
	answering
	leaving
)

// Run serves the queue until it is closed. It keeps its thread for itself:
// call it in a goroutine of its own.
func (w *Worker) Run() error {
	runtime.LockOSThread() // never unlocked: a pinned thread ends with the goroutine
	if w.Core != AnyCore {
		if err := pin(w.Core); err != nil {
			return err
		}
	}
	debug.SetPanicOnFault(true)
	for w.turn() {
	}
	return nil
}

// turn is one turn of the loop. It returns false once the queue is closed.
func (w *Worker) turn() bool {
	b := &w.batch
	if !w.Queue.Receive(b) {
		return false
	}
	b.Now = w.Clock.Load()
	w.Counters.Beat(b.Now)
	if b.N == 0 {
		return true
	}
	n := b.N
	w.Counters.Begin(n)
	if w.answer(b) || w.lockedOut && w.answerWithout(b) {
		w.Counters.CountBatch(b)
	}
	w.Queue.Send(b)
	w.Counters.End(n)
	return true
}

// pin binds the calling thread to a core.
func pin(core int) error {
	var set unix.CPUSet
	set.Set(core)
	if err := unix.SchedSetaffinity(0, &set); err != nil {
		return fmt.Errorf("pin a poll loop to core %d: %w: choose other cores in [Dataplane]", core, err)
	}
	return nil
}

// answer turns the queries into replies. It returns false where that failed:
// the queries are as they came then if the worker is locked out, else the batch's
// replies are empty, for none of them can be trusted.
func (w *Worker) answer(b *engine.Batch) (ok bool) {
	defer w.survive(b)
	w.stage = entering
	w.view = w.Slot.Enter()
	if w.view == w.damaged {
		w.view = nil
	}
	w.stage = answering
	w.Engine.Answer(w.view, b)
	ok, w.stage = true, leaving
	w.Slot.Leave()
	return ok
}
