//go:build dpdk

package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/ipdcode/skydns/bench/internal/flagvalue"
	"github.com/ipdcode/skydns/bench/internal/report"
	"github.com/ipdcode/skydns/bench/internal/zone"
	"github.com/ipdcode/skydns/cgo/dpdk"
)

// The bars: cycles of the loop with barNames names, and how many times that
// it may take with larger snapshots.
const (
	barNames  = 50_000
	barCycles = 270
	barMany   = 1.15 // with a million
	barMost   = 1.6  // with ten million
)

// memory is what EAL is given, in MiB: the frames of a capture and its rings.
const memory = "512"

func main() {
	names := flag.String("names", "50000,1000000,10000000", "names in the snapshot, several with commas")
	queries := flag.String("queries", "8192,65536", "different queries in the capture, several with commas; no more than there are names")
	lasting := flag.Duration("time", 6*time.Second, "how long each loop runs")
	flag.Parse()
	err := run(flagvalue.Numbers(*names), flagvalue.Numbers(*queries), *lasting)
	if err != nil {
		fmt.Fprintln(os.Stderr, "dpdk:", err)
		os.Exit(1)
	}
}

func run(names, queries []int, lasting time.Duration) error {
	dir, err := os.MkdirTemp("", "skydns-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := keepOff(pollCore); err != nil {
		return err
	}
	if _, err := dpdk.Init([]string{"--in-memory", "-m", memory, "--no-pci", "--lcores", "0@0"}); err != nil {
		return err
	}
	report.Head(os.Stdout, "The DPDK loop on one core, over net_pcap: TSC cycles a query", "libdpdk-dev")
	table := report.NewTable("names", "queries", "pages", "cycles", "median", "ns", "without the engine", "testpmd 5tswap", "its median", "allocations")
	base := map[int]float64{} // queries → cycles with barNames names
	for _, n := range names {
		snap, err := zone.Fill(n)
		if err != nil {
			return err
		}
		for _, q := range queries {
			r, err := measure(dir, snap, n, q, lasting)
			if err != nil {
				return errors.Join(fmt.Errorf("%d names: %w", n, err), snap.Close())
			}
			if n == barNames {
				base[q] = r.loop.best
			}
			table.Row(n, min(n, q), snap.Pages(), r.loop.best, r.loop.median, r.loop.ns(), r.echo.best, r.testpmd.best, r.testpmd.median, r.loop.allocs)
			figures(n, min(n, q), snap.Pages(), r, base[q])
			if n == barNames && q == queries[0] {
				if err := printMore(dir, snap, n, q, lasting, r); err != nil {
					return errors.Join(err, snap.Close())
				}
			}
		}
		if err := snap.Close(); err != nil {
			return err
		}
	}
	table.Print(os.Stdout)
	fmt.Println("CPU time of the polling thread, the best and the median of intervals of 10 ms (testpmd: 1 s of the process).")
	fmt.Println("net_pcap keeps the whole capture in its pool: the more queries, the more of it comes from beyond the caches, for all three alike.")
	return nil
}

// printMore prints what is measured with one size of snapshot only.
func printMore(dir string, snap *zone.Snapshot, names, queries int, lasting time.Duration, r results) error {
	if err := printStages(dir, snap, names, queries, lasting/2, r); err != nil {
		return fmt.Errorf("stages: %w", err)
	}
	if err := printTurns(dir, snap, names, queries, lasting); err != nil {
		return fmt.Errorf("turns: %w", err)
	}
	if err := printCores(dir, snap, names, queries, lasting); err != nil {
		return fmt.Errorf("cores: %w", err)
	}
	return nil
}

// results is what was measured with one capture.
type results struct{ loop, echo, testpmd cost }

// measure makes a capture of queries for the names of a snapshot and runs all on it.
func measure(dir string, snap *zone.Snapshot, names, queries int, lasting time.Duration) (results, error) {
	var r results
	capture, err := writeCapture(dir, names, queries)
	if err != nil {
		return r, err
	}
	defer os.Remove(capture)
	if r.testpmd, err = runTestpmd(capture, lasting); err != nil {
		return r, fmt.Errorf("testpmd: %w", err)
	}
	if r.echo, err = runEcho(capture, lasting/2); err != nil {
		return r, fmt.Errorf("driver alone: %w", err)
	}
	r.loop, err = runLoop(capture, snap, pollCore, lasting)
	return r, err
}

// figures prints the lines of a capture; base is the cycles with barNames names.
func figures(names, queries int, pages string, r results, base float64) {
	f := report.Figure{Name: "dpdk.cycles_per_query", Names: names, Queries: queries, Pages: pages, Unit: "tsc cycles",
		Value: r.loop.best, Median: r.loop.median, Peer: "testpmd 5tswap", PeerValue: r.testpmd.best}
	switch names {
	case barNames:
		f.Bar = barCycles
	case 1_000_000:
		f.Bar = barMany * base
	case 10_000_000:
		f.Bar = barMost * base
	}
	f.Print(os.Stdout)
	f.Name, f.Pages, f.Bar = "dpdk.driver_cycles_per_query", "", 0
	f.Value, f.Median = r.echo.best, r.echo.median
	f.Print(os.Stdout)
	report.Figure{Name: "dpdk.allocations_per_query", Names: names, Queries: queries, Unit: "allocations", Value: r.loop.allocs}.Print(os.Stdout)
}
