package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/configs/service"
	"github.com/ipdcode/skydns/dataplane/worker"
)

// stuckAfter is how long a poll loop may take for a turn: a hundred times what
// the longest wait in one is.
const stuckAfter = 10 * time.Second

// keepAlive tells the service manager that this process serves, for as long as
// all poll loops turn, until ctx ends.
func keepAlive(ctx context.Context, workers []*worker.Worker, clock *atomic.Uint64, log zerolog.Logger) {
	err := service.KeepAlive(ctx, func() error { return allTurn(workers, clock.Load()) })
	if err != nil {
		log.Warn().Err(err).Msg("the service manager may take this process for dead")
	}
}

// allTurn is an error if a worker that has begun has not turned for long, at a
// time of the clock.
func allTurn(workers []*worker.Worker, now uint64) error {
	for _, w := range workers {
		last := w.Counters.LastBeat()
		if last == 0 || last+uint64(stuckAfter.Milliseconds()) >= now {
			continue
		}
		if w.Core == worker.AnyCore {
			return errors.New("a loop of TCP, or of the kernel's sockets, does not turn")
		}
		return fmt.Errorf("the poll loop of core %d does not turn", w.Core)
	}
	return nil
}
