//go:build dpdk

package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/ipdcode/skydns/bench/internal/clock"
	"github.com/ipdcode/skydns/bench/internal/report"
	"github.com/ipdcode/skydns/bench/internal/zone"
)

// printCores prints the rate of the loop on one core, on two, and so on, each
// with a device of its own and all with one snapshot: what a core answers in a
// second of its CPU time, added up.
func printCores(dir string, snap *zone.Snapshot, names, queries int, lasting time.Duration) error {
	capture, err := writeCapture(dir, names, queries)
	if err != nil {
		return err
	}
	defer os.Remove(capture)
	table := report.NewTable("cores", "million queries/s", "of that many times one", "cycles a query")
	one := 0.0
	for cores := 1; cores <= runtime.NumCPU(); cores++ {
		rate, err := runCores(capture, snap, cores, lasting)
		if err != nil {
			return fmt.Errorf("%d cores: %w", cores, err)
		}
		if cores == 1 {
			one = rate
		}
		table.Row(fmt.Sprint(cores), rate/1e6, rate/one/float64(cores), clock.TSCHz()*float64(cores)/rate)
		report.Figure{Name: "dpdk.queries_per_second", Names: names, Queries: queries, Cores: cores, Unit: "queries/s", Value: rate}.Print(os.Stdout)
	}
	fmt.Printf("\nThe rate over cores, %d names, %d queries in each capture:\n\n", names, queries)
	table.Print(os.Stdout)
	fmt.Println()
	return nil
}

// runCores runs the loop on so many cores at once, pollCore the first of them,
// and returns their rate together.
func runCores(capture string, snap *zone.Snapshot, cores int, lasting time.Duration) (rate float64, err error) {
	type result struct {
		cost
		err error
	}
	results := make(chan result)
	for i := range cores {
		go func() {
			c, err := runLoop(capture, snap, (pollCore+i)%runtime.NumCPU(), lasting)
			results <- result{c, err}
		}()
	}
	for range cores {
		r := <-results
		err = errors.Join(err, r.err)
		rate += clock.TSCHz() / r.median
	}
	return rate, err
}
