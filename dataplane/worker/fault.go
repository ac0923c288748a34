package worker

import (
	"fmt"
	"runtime/debug"

	"github.com/ipdcode/skydns/dataplane/engine"
)

// answerWithout is answer where there is no way into the snapshot.
func (w *Worker) answerWithout(b *engine.Batch) (ok bool) {
	defer w.survive(b)
	w.stage = answering
	w.Engine.Answer(nil, b)
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
// there is another. Where root or readers gave the fault the batch is whole: its
// queries are as they came, for answerWithout, or all have their replies.
// Anything else is a defect that other queries need not meet.
func (w *Worker) survive(b *engine.Batch) {
	cause := recover()
	if cause == nil {
		return
	}
	w.leave()
	fault, ok := cause.(interface{ Addr() uintptr })
	if w.lockedOut = ok && w.stage != answering; w.lockedOut {
		if !w.told {
			w.told = true
			w.logFault(fault, "the snapshot's root or readers file cannot be read: answering SERVFAIL until control has made it whole; see who changes files in the snapshot directory")
		}
		return
	}
	for i := range b.N {
		b.Msg[i] = b.Msg[i][:0]
	}
	w.Counters.CountLost(b.N)
	if ok {
		w.damaged, w.told = w.view, false
		w.logFault(fault, "the snapshot's memory cannot be read: answering SERVFAIL until there is a new generation: restart control if there is none soon, and see who changes files in the snapshot directory")
		return
	}
	if !w.failed {
		w.failed = true
		w.Log.Error().Int("core", w.Core).Interface("cause", cause).Bytes("stack", debug.Stack()).
			Msg("a defect: a batch of queries was dropped; please report it; further ones are only counted (skydns_dataplane_lost_total)")
	}
}

func (w *Worker) logFault(fault interface{ Addr() uintptr }, msg string) {
	w.Log.Error().Int("core", w.Core).Str("address", fmt.Sprintf("%#x", fault.Addr())).Msg(msg)
}
