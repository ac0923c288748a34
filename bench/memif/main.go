// Command memif measures dataplane as its clients see it, beyond what the
// kernel can carry: bin/dataplane with the DPDK driver on one core, bin/queryperf
// on another, and between them DPDK's net_memif, two processes that share
// memory.
//
// First the top rate, of a closed loop with many queries outstanding. Then, in
// an open loop, shares of it: queries lost, and how long answers take; and at
// 80 % of it the same while 1,000 records a second are changed by control's
// writer in a third process, and while in addition a generation of the snapshot
// has grown out of its place, is copied into a larger one and replaced.
//
// Both programs must be built with the tag dpdk.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/ipdcode/skydns/bench/internal/report"
	"github.com/ipdcode/skydns/bench/internal/zone"
)

// loads are the shares of the top rate at which answers are timed, and busy the
// one at which other work goes on beside.
var loads = []float64{0.2, 0.4, 0.6, busy, 0.9}

const busy = 0.8

func main() {
	names := flag.Int("names", 1_000_000, "names in the snapshot")
	queries := flag.Int("queries", 1<<16, "different queries, as far as there are names")
	rounds := flag.Int("rounds", 5, "how often the top rate is measured; the median counts")
	lasting := flag.Duration("time", 6*time.Second, "how long each time; four times that for the switch of a generation")
	outstanding := flag.Int("outstanding", 512, "queries without an answer, of the closed loop")
	kind := flag.String("beside", "", "be the process that works beside: change or grow; this program starts itself so")
	dir := flag.String("dir", "", "the snapshot of -beside")
	flag.Parse()
	if *kind != "" {
		exit(work(*kind, *dir, *names))
	}
	b := &bench{names: *names, queries: *queries, lasting: *lasting, outstanding: *outstanding}
	exit(b.run(*rounds))
}

// exit ends the program, with what went wrong if anything did.
func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "memif:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// bench is a run of the benchmark.
type bench struct {
	names, queries, outstanding int
	lasting                     time.Duration

	dir  string
	snap *zone.Snapshot
}

func (b *bench) run(rounds int) (err error) {
	if b.dir, err = os.MkdirTemp("", "skydns-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	if b.snap, err = zone.Fill(b.names); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.snap.Close()) }()
	pages := b.snap.Pages()
	if err := b.snap.Release(); err != nil {
		return err
	}
	if err := zone.WriteQueries(filepath.Join(b.dir, "queries"), b.names, b.queries); err != nil {
		return err
	}
	report.Head(os.Stdout, "Two processes over net_memif: the rate and the time of answers", "libdpdk-dev")
	var rates []float64
	for range rounds {
		r, err := b.ask(b.lasting, "-q", fmt.Sprint(b.outstanding))
		if err != nil {
			return err
		}
		rates = append(rates, r.QPS)
	}
	slices.Sort(rates)
	top := rates[len(rates)/2] // not the best: a share of it must be possible all the time
	fmt.Printf("Top rate: %.3f million queries a second (the best of %d rounds %.3f), %d outstanding, %d names in %s pages.\n\n",
		top/1e6, rounds, rates[len(rates)-1]/1e6, b.outstanding, b.names, pages)
	report.Figure{Name: "memif.queries_per_second", Names: b.names, Pages: pages, Value: top, Unit: "queries/s"}.Print(os.Stdout)
	return b.timeAnswers(top)
}

// timeAnswers asks at shares of the top rate, and beside each kind of other work.
func (b *bench) timeAnswers(top float64) error {
	table := report.NewTable("of the top rate", "while", "queries/s", "sent", "lost", "p50 µs", "p99", "p99.9", "longest")
	for _, load := range loads {
		if err := b.timeBeside(table, top, load, "nothing else", ""); err != nil {
			return err
		}
	}
	if err := b.timeBeside(table, top, busy, "1,000 changes a second", changing); err != nil {
		return err
	}
	if err := b.timeBeside(table, top, busy, "a generation is switched", growing); err != nil {
		return err
	}
	fmt.Print("\nFrom the time at which each query was due:\n\n")
	table.Print(os.Stdout)
	return nil
}

// timeBeside asks at a share of the top rate while other work goes on, and
// prints the figures.
func (b *bench) timeBeside(table *report.Table, top, load float64, during, kind string) error {
	r, err := b.askBeside(load*top, kind)
	if err != nil {
		return fmt.Errorf("%.0f %% of the top rate, %s: %w", 100*load, during, err)
	}
	t := r.RTT
	table.Row(fmt.Sprintf("%.0f %%", 100*load), during, r.QPS, r.Sent, r.Lost, t["p50"], t["p99"], t["p99.9"], t["max"])
	f := report.Figure{Name: "memif.lost", Names: b.names, Load: load, During: during, Value: float64(r.Lost), Unit: "queries"}
	f.Print(os.Stdout)
	f.Name, f.Unit, f.Value = "memif.answer_us", "µs at p99.9", t["p99.9"]
	f.Percentiles = &report.Percentiles{P50: t["p50"], P99: t["p99"]}
	f.Print(os.Stdout)
	f.Name, f.Unit, f.Value, f.Percentiles = "memif.longest_answer_us", "µs", t["max"], nil
	f.Print(os.Stdout)
	return nil
}
