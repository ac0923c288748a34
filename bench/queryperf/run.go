package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// result is what a run has counted.
type result struct {
	counts
	start   time.Time
	queries int // different ones in the data
}

// run asks as the options say, until that is done or a signal ends it.
func run(o *options) (*result, error) {
	d, err := load(o, os.Stdin)
	if err != nil {
		return nil, err
	}
	var want []*expected
	if o.expected != "" {
		if want, err = loadExpected(o.expected, d); err != nil {
			return nil, err
		}
	}
	server, err := resolve(o)
	if err != nil {
		return nil, err
	}
	askers, err := newAskers(o, d, server)
	if err != nil {
		return nil, err
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer cancel()
	if !o.json {
		fmt.Printf("[Status] Sending queries (beginning with %s)\n", server.Addr())
	}
	r := &result{start: time.Now(), queries: d.len()}
	err = r.work(ctx, o, askers, want)
	for _, a := range askers {
		r.add(&a.counts)
		err = errors.Join(err, a.way.close())
	}
	if !o.json {
		fmt.Print("[Status] Testing complete\n")
	}
	return r, err
}

// work runs all threads until each has ended.
func (r *result) work(ctx context.Context, o *options, askers []*asker, want []*expected) error {
	var stop atomic.Bool
	var threads sync.WaitGroup
	errs := make(chan error, len(askers))
	defer context.AfterFunc(ctx, func() { stop.Store(true) })()
	for i, a := range askers {
		a.start, a.stop = r.start, &stop
		if want != nil {
			a.check = newChecker(want)
		}
		threads.Go(func() {
			runtime.LockOSThread() // never unlocked: a pinned thread ends with its goroutine
			if len(o.cores) > 0 {
				if err := pin(o.cores[i]); err != nil {
					errs <- err
					return
				}
			}
			a.work()
		})
	}
	ended := make(chan struct{})
	if o.interval > 0 {
		go intermediate(os.Stdout, o.interval, askers, ended)
	}
	threads.Wait()
	close(ended)
	close(errs)
	return <-errs
}

func pin(core int) error {
	var set unix.CPUSet
	set.Set(core)
	if err := unix.SchedSetaffinity(0, &set); err != nil {
		return fmt.Errorf("run on core %d: %w: name others (-K)", core, err)
	}
	return nil
}
