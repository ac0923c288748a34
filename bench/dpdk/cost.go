//go:build dpdk

package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/ipdcode/skydns/bench/internal/clock"
	"github.com/ipdcode/skydns/bench/internal/process"
)

// pollCore is the core of the loops that are measured. Everything else runs
// on the others.
const pollCore = 1

// interval is how long one sample takes: short, for other work on the machine
// comes in fits. uncertain is how far apart a sample's two readings may be.
const (
	interval  = 10 * time.Millisecond
	uncertain = 10 * time.Microsecond
)

// cost is the cycles that a query takes: samples in rising order, and what they
// come to.
type cost struct {
	samples      []float64
	best, median float64
	allocs       float64
}

// add adds the samples of another cost, unless there was an error in taking it.
func (c *cost) add(d cost, err error) error {
	if err != nil {
		return err
	}
	allocs := max(c.allocs, d.allocs)
	*c = summary(slices.Concat(c.samples, d.samples))
	c.allocs = allocs
	return nil
}

// over is how many times another cost it is, by the best and by the medians.
func (c cost) over(d cost) string {
	if d.best == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f / %.2f", c.best/d.best, c.median/d.median)
}

func (c cost) ns() float64 { return c.best / clock.TSCHz() * 1e9 }

// reading is a thread's CPU time and the queries that it had answered by then.
type reading struct {
	cpu     time.Duration
	queries uint64
}

// read reads both at once, as nearly as can be: a reading that was
// interrupted is repeated.
func read(tid int, count func() uint64) (reading, error) {
	for {
		before, err := clock.OfThread(tid)
		if err != nil {
			return reading{}, err
		}
		n := count()
		after, err := clock.OfThread(tid)
		if err != nil {
			return reading{}, err
		}
		if after-before < uncertain {
			return reading{after, n}, nil
		}
	}
}

// sample watches a thread that answers queries.
func sample(tid int, count func() uint64, lasting time.Duration) (cost, error) {
	var cycles []float64
	last, err := read(tid, count)
	for end := time.Now().Add(lasting); err == nil && time.Now().Before(end); {
		time.Sleep(interval)
		var now reading
		if now, err = read(tid, count); err == nil && now.queries > last.queries {
			cycles = append(cycles, clock.Cycles(now.cpu-last.cpu)/float64(now.queries-last.queries))
		}
		last = now
	}
	if err != nil {
		return cost{}, err
	}
	if len(cycles) == 0 {
		return cost{}, errors.New("no query was answered")
	}
	return summary(cycles), nil
}

// summary is the best and the median of samples, of which there is one or more.
func summary(cycles []float64) cost {
	slices.Sort(cycles)
	return cost{samples: cycles, best: cycles[0], median: cycles[len(cycles)/2]}
}

// keepOff keeps all threads of this process, and those that they start, off a core.
func keepOff(core int) error {
	cores, err := process.Cores()
	if err != nil {
		return err
	}
	others := slices.DeleteFunc(slices.Clone(cores), func(c int) bool { return c == core })
	if len(others) == 0 || len(others) == len(cores) {
		return fmt.Errorf("core %d and another one are needed", core)
	}
	return process.Bind(os.Getpid(), others...)
}
