//go:build dpdk

package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/ipdcode/skydns/bench/internal/report"
	"github.com/ipdcode/skydns/bench/internal/zone"
)

// rounds is how many times all sizes are measured, one after the other.
const rounds = 6

// size is a snapshot of so many names, and what was measured on it with a
// capture.
type size struct {
	names   int
	snap    *zone.Snapshot
	capture string // of queries for these names
	results results
}

// results is what was measured with one capture. testpmd,
// which knows nothing of names, is measured with those of all sizes.
type results struct{ loop, echo, testpmd cost }

// fill makes a snapshot of each size. Those made before an error are returned, too.
func fill(names []int) ([]*size, error) {
	var sizes []*size
	for _, n := range names {
		snap, err := zone.Fill(n)
		if err != nil {
			return sizes, err
		}
		sizes = append(sizes, &size{names: n, snap: snap})
	}
	return sizes, nil
}

func closeAll(sizes []*size) (err error) {
	for _, s := range sizes {
		err = errors.Join(err, s.snap.Close())
	}
	return err
}

// measureAll measures every size with a capture of so many queries, for lasting
// in all.
func measureAll(dir string, sizes []*size, queries int, lasting time.Duration) (err error) {
	for _, s := range sizes {
		s.results = results{}
		if s.capture, err = writeCapture(dir, s.names, queries); err != nil {
			return err
		}
		defer os.Remove(s.capture)
	}
	var testpmd cost
	for range rounds {
		for _, s := range sizes {
			if err := s.measure(lasting/rounds, &testpmd); err != nil {
				return fmt.Errorf("%d names: %w", s.names, err)
			}
		}
	}
	for _, s := range sizes {
		s.results.testpmd = testpmd
	}
	return nil
}

// measure runs all on the capture and adds what they took to the results and to
// that of testpmd.
func (s *size) measure(lasting time.Duration, testpmd *cost) error {
	if err := testpmd.add(runTestpmd(s.capture, lasting)); err != nil {
		return fmt.Errorf("testpmd: %w", err)
	}
	if err := s.results.echo.add(runEcho(s.capture, lasting/2)); err != nil {
		return fmt.Errorf("driver alone: %w", err)
	}
	return s.results.loop.add(runLoop(s.capture, s.snap, pollCore, lasting))
}

// base is the cost of the loop with barNames names; zero where there is no such size.
func base(sizes []*size) cost {
	for _, s := range sizes {
		if s.names == barNames {
			return s.results.loop
		}
	}
	return cost{}
}

// row adds the line of a capture to the table.
func (s *size) row(table *report.Table, queries int, base cost) {
	r := s.results
	table.Row(s.names, queries, s.snap.Pages(), r.loop.best, r.loop.median, r.loop.ns(), r.echo.best,
		r.testpmd.best, r.testpmd.median, r.loop.over(r.testpmd), r.loop.over(base), r.loop.allocs)
}

// figures prints the lines of a capture.
func (s *size) figures(queries int, base cost) {
	r := s.results
	f := report.Figure{Name: "dpdk.cycles_per_query", Names: s.names, Queries: queries, Pages: s.snap.Pages(), Unit: "tsc cycles",
		Value: r.loop.best, Median: r.loop.median, Peer: "testpmd 5tswap", PeerValue: r.testpmd.best}
	if s.names == barNames {
		f.Bar = barCycles
	}
	f.Print(os.Stdout)
	f.Name, f.Pages, f.Bar = "dpdk.driver_cycles_per_query", "", 0
	f.Value, f.Median = r.echo.best, r.echo.median
	f.Print(os.Stdout)
	report.Figure{Name: "dpdk.allocations_per_query", Names: s.names, Queries: queries, Unit: "allocations", Value: r.loop.allocs}.Print(os.Stdout)
	s.ratio(queries, base)
}

// ratio prints how many times what it takes with barNames names: by the medians,
// for the best of hundreds of intervals is luck, another for each size.
func (s *size) ratio(queries int, base cost) {
	if s.names == barNames || base.median == 0 {
		return
	}
	f := report.Figure{Name: "dpdk.times_of_50000_names", Names: s.names, Queries: queries, Unit: "times",
		Value: s.results.loop.median / base.median}
	switch s.names {
	case 1_000_000:
		f.Bar = barMany
	case 10_000_000:
		f.Bar = barMost
	}
	f.Print(os.Stdout)
}
