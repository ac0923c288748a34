package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync/atomic"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/configs"
	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/netio"
	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/stats"
	"github.com/ipdcode/skydns/dataplane/worker"
)

// newWorkers makes the worker of each queue: those of the cores come first.
func newWorkers(c *configs.Config, log zerolog.Logger, cores []int, queues []netio.Queue, reader *snapshot.Reader, clock *atomic.Uint64) ([]*worker.Worker, error) {
	config := engineConfig(c, len(cores))
	workers := make([]*worker.Worker, len(queues))
	for i, q := range queues {
		slot, err := reader.NewSlot()
		if err != nil {
			return nil, err
		}
		config.Seed = rand.Uint64()
		core := worker.AnyCore
		if i < len(cores) {
			core = cores[i]
		}
		workers[i] = &worker.Worker{
			Core: core, Queue: q, Engine: engine.New(config), Slot: slot,
			Counters: new(stats.Core), Clock: clock, Log: log,
		}
	}
	return workers, nil
}

// running is workers that were started.
type running struct {
	workers []*worker.Worker
	ended   chan error
	left    int // of whose end was not heard yet
}

func startWorkers(workers []*worker.Worker) *running {
	r := &running{workers: workers, ended: make(chan error, len(workers)), left: len(workers)}
	for _, w := range workers {
		go func() {
			err := w.Run()
			if err != nil { // it did not begin to serve its queue
				err = errors.Join(err, abandon([]netio.Queue{w.Queue}))
			}
			r.ended <- err
		}()
	}
	return r
}

// end closes the queues and returns when the last worker has drained its own.
func (r *running) end() error {
	var errs error
	for _, w := range r.workers {
		errs = errors.Join(errs, w.Queue.Close())
	}
	for ; r.left > 0; r.left-- {
		errs = errors.Join(errs, <-r.ended)
	}
	return errs
}

// runWorkers runs the workers of the poll loops and those of TCP until ctx
// ends or one of them fails, and returns when the last has drained its queue.
// TCP ends first: behind an exception port its replies leave by the poll loops.
func runWorkers(ctx context.Context, poll, tcp []*worker.Worker) error {
	polling, listening := startWorkers(poll), startWorkers(tcp)
	var errs error
	select {
	case <-ctx.Done():
	case errs = <-polling.ended:
		polling.left--
	case errs = <-listening.ended:
		listening.left--
	}
	return errors.Join(errs, listening.end(), polling.end())
}

// abandon ends queues that no worker serves, so that what they hold is given
// back, as a device's XDP program. What they have received is not answered.
func abandon(queues []netio.Queue) error {
	runtime.LockOSThread() // who calls Receive keeps its thread
	defer runtime.UnlockOSThread()
	var errs error
	b := new(engine.Batch)
	for _, q := range queues {
		errs = errors.Join(errs, q.Close())
		for q.Receive(b) {
			for i := range b.N {
				b.Msg[i] = b.Msg[i][:0]
			}
			if b.N > 0 {
				q.Send(b)
			}
		}
	}
	return errs
}
