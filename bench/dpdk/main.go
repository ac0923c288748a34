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
	queries := flag.String("queries", "8192,65536", "queries in the capture, several with commas")
	lasting := flag.Duration("time", 9*time.Second, "how long each loop runs with one capture, in all rounds")
	flag.Parse()
	err := run(flagvalue.Numbers(*names), flagvalue.Numbers(*queries), *lasting)
	if err != nil {
		fmt.Fprintln(os.Stderr, "dpdk:", err)
		os.Exit(1)
	}
}

func run(names, queries []int, lasting time.Duration) (err error) {
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
	sizes, err := fill(names)
	defer func() { err = errors.Join(err, closeAll(sizes)) }()
	if err != nil {
		return err
	}
	table := report.NewTable("names", "queries", "pages", "cycles", "median", "ns", "without the engine",
		"testpmd 5tswap", "its median", "of testpmd", "of 50,000 names", "allocations")
	for i, q := range queries {
		if err := measureAll(dir, sizes, q, lasting); err != nil {
			return err
		}
		for _, s := range sizes {
			s.row(table, q, base(sizes))
			s.figures(q, base(sizes))
			if s.names == barNames && i == 0 {
				if err := printMore(dir, s.snap, s.names, q, lasting); err != nil {
					return err
				}
			}
		}
	}
	table.Print(os.Stdout)
	fmt.Printf(notes, rounds)
	return nil
}

// notes stands below the table.
const notes = `CPU time of the polling thread, the best and the median of intervals of 10 ms (testpmd: 1 s of the process); "of" compares
the best / the medians. In %d rounds that take all sizes one after the other, for what else the machine does comes and goes.
Fewer names than queries are asked in turn. net_pcap keeps the whole capture in its pool: the more queries, the more of it
comes from beyond the caches, for all three alike. testpmd knows nothing of names: it is measured with the captures of all sizes.
`

// printMore prints what is measured with one size of snapshot only.
func printMore(dir string, snap *zone.Snapshot, names, queries int, lasting time.Duration) error {
	if err := printStages(dir, snap, names, queries, lasting/2); err != nil {
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
