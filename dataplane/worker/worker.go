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
	view    *snapshot.View // of the batch under way
	damaged *snapshot.View // a generation whose memory could not be read
	failed  bool           // a failure that is no fault was logged

	// lockedOut: root or readers could not be read, and that was logged.
	lockedOut bool
}

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
	if w.answer(b) {
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
// the batch's replies are empty then, for none of them can be trusted.
func (w *Worker) answer(b *engine.Batch) (ok bool) {
	defer w.survive(b)
	w.view = nil
	w.view = w.Slot.Enter()
	if w.view == w.damaged {
		w.view = nil
	}
	w.Engine.Answer(w.view, b)
	w.Slot.Leave()
	return true
}

// leave leaves the snapshot after a panic, if its files can be written.
func (w *Worker) leave() {
	defer func() { _ = recover() }()
	w.Slot.Leave()
}

// survive ends a panic while answering: one batch must not end the service.
//
// A fault means that the snapshot's file no longer holds what was mapped, as
// when somebody shortened it. That generation is not read again: SERVFAIL until
// there is another. Anything else is a defect that other queries need not meet.
func (w *Worker) survive(b *engine.Batch) {
	cause := recover()
	if cause == nil {
		return
	}
	for i := range b.N {
		b.Msg[i] = b.Msg[i][:0]
	}
	w.Counters.CountLost(b.N)
	w.leave()
	if fault, ok := cause.(interface{ Addr() uintptr }); ok {
		if w.view == nil && w.lockedOut {
			return
		}
		w.damaged, w.lockedOut = w.view, w.view == nil
		w.Log.Error().Int("core", w.Core).Str("address", fmt.Sprintf("%#x", fault.Addr())).
			Msg("the snapshot's memory cannot be read: answering SERVFAIL until there is a new generation: restart control, and see who changes files in the snapshot directory")
		return
	}
	if !w.failed {
		w.failed = true
		w.Log.Error().Int("core", w.Core).Interface("cause", cause).Bytes("stack", debug.Stack()).
			Msg("a defect: a batch of queries was dropped; please report it; further ones are only counted (skydns_dataplane_lost_total)")
	}
}
