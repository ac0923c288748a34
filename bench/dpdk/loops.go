//go:build dpdk

package main

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sys/unix"

	"github.com/ipdcode/skydns/bench/internal/zone"
	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/stats"
	"github.com/ipdcode/skydns/dataplane/worker"
)

// runLoop runs dataplane's worker on the capture, on a core.
func runLoop(capture string, snap *zone.Snapshot, core int, lasting time.Duration) (cost, error) {
	slot, err := snap.Reader.NewSlot()
	if err != nil {
		return cost{}, err
	}
	queue, err := openQueue(capture)
	if err != nil {
		return cost{}, err
	}
	counters := new(stats.Core)
	w := &worker.Worker{Core: core, Queue: queue, Engine: engine.New(engine.Config{}), Slot: slot,
		Counters: counters, Clock: new(atomic.Uint64), Log: zerolog.Nop()}
	count := func() uint64 { return counters.Verdict(engine.Answered) }
	c, err := watch(w.Run, count, queue.Close, lasting)
	for v := engine.Answered + 1; v < engine.NumVerdicts; v++ {
		if n := counters.Verdict(v); n > 0 {
			return c, fmt.Errorf("%d queries: %v", n, v)
		}
	}
	return c, err
}

// runEcho runs the driver alone on the capture.
func runEcho(capture string, lasting time.Duration) (cost, error) {
	return runQueue(capture, lasting, lengthen)
}

// lengthen makes each query a reply: 16 octets more, which is what an answer
// adds.
func lengthen(b *engine.Batch) {
	for i := range b.N {
		b.Msg[i] = b.Msg[i][:len(b.Msg[i])+16]
	}
}

// runQueue runs the driver on the capture, with a step for each batch.
func runQueue(capture string, lasting time.Duration, step func(*engine.Batch)) (cost, error) {
	queue, err := openQueue(capture)
	if err != nil {
		return cost{}, err
	}
	var sent atomic.Uint64
	run := func() error {
		if err := pinTo(pollCore); err != nil {
			return err
		}
		b := new(engine.Batch)
		for queue.Receive(b) {
			step(b)
			queue.Send(b)
			sent.Store(sent.Load() + uint64(b.N))
		}
		return nil
	}
	return watch(run, sent.Load, queue.Close, lasting)
}

// watch runs a loop on a thread of its own and samples it, then stops it.
func watch(run func() error, count func() uint64, stop func() error, lasting time.Duration) (cost, error) {
	tid, ended := make(chan int), make(chan error, 1)
	go func() {
		runtime.LockOSThread() // never unlocked: a pinned thread ends with its goroutine
		tid <- unix.Gettid()
		ended <- run()
	}()
	thread := <-tid
	for start := time.Now(); count() == 0; time.Sleep(time.Millisecond) {
		if time.Since(start) > 10*time.Second {
			return cost{}, errors.New("the loop answers nothing")
		}
	}
	allocs := allocations(count)
	c, err := sample(thread, count, lasting)
	c.allocs = allocs
	return c, errors.Join(err, stop(), <-ended)
}

// allocations is how many there are a query, in a second in which nothing
// else goes on in this process: the fewest of several, for what the runtime
// does now and then is not the loop's.
func allocations(count func() uint64) float64 {
	fewest := math.Inf(1)
	for range 5 {
		var before, after runtime.MemStats
		queries := count()
		runtime.ReadMemStats(&before)
		time.Sleep(time.Second / 5)
		runtime.ReadMemStats(&after)
		fewest = min(fewest, float64(after.Mallocs-before.Mallocs)/float64(count()-queries))
	}
	return fewest
}

// pinTo binds the calling thread to a core.
func pinTo(core int) error {
	var set unix.CPUSet
	set.Set(core)
	return unix.SchedSetaffinity(0, &set)
}
