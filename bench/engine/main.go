// Command engine measures the engine alone: what a query costs when batches
// come from memory and replies go nowhere, by the number of names, the size of
// the batch and the kind of query.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"

	"github.com/ipdcode/skydns/bench/internal/flagvalue"
	"github.com/ipdcode/skydns/bench/internal/report"
	"github.com/ipdcode/skydns/bench/internal/zone"
	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/snapshot"
)

// plain is the kind that is measured in every snapshot: queries for the one
// address of a name.
const plain = "a"

// barBytes is how many octets a name may take in the snapshot.
const barBytes = 128

func main() {
	names := flag.String("names", "1,50000,1000000,10000000", "names in the snapshot, several with commas")
	queries := flag.Int("queries", 1<<16, "different queries that are asked, as far as there are names")
	rounds := flag.Int("rounds", 100, "how often all of them are asked; the best and the median count")
	flag.Parse()
	runtime.LockOSThread() // the clock is the thread's

	report.Head(os.Stdout, "The engine alone: CPU a query")
	table := report.NewTable("names, kind of query", "pages", "batch", "ns", "TSC cycles", "median", "copying", "allocations")
	for _, n := range flagvalue.Numbers(*names) {
		if err := measureSnapshot(table, n, *queries, *rounds); err != nil {
			fmt.Fprintln(os.Stderr, "engine:", err)
			os.Exit(1)
		}
	}
	table.Print(os.Stdout)
	fmt.Println("ns and cycles are of the best round, a round asks every query once; they include copying the query to where a driver")
	fmt.Println("would have received it, and what that costs alone, in cycles, stands beside.")
}

// measureSnapshot adds the rows of a snapshot of n names.
func measureSnapshot(table *report.Table, n, queries, rounds int) error {
	var more []zone.Entry
	if n == kindNames {
		more = others()
	}
	snap, err := zone.Fill(n, more...)
	if err != nil {
		return err
	}
	defer snap.Close()
	snap.Writer.SetCookieSecrets(snapshot.CookieSecrets{Sign: [2]uint64{1, 2}})
	showMemory(snap)
	slot, err := snap.Reader.NewSlot()
	if err != nil {
		return err
	}
	defer slot.Leave()
	for _, k := range kinds(n, queries) {
		sizes := []int{engine.BatchSize}
		if k.name == plain {
			sizes = append(sizes, 1)
		}
		for _, size := range sizes {
			r, err := measure(slot, k, size, rounds)
			if err != nil {
				return fmt.Errorf("%d names, %s: %w", n, k.name, err)
			}
			show(table, r, n, k.name, size, snap.Pages())
		}
	}
	return nil
}

// showMemory prints what a name takes in the snapshot, the table included.
func showMemory(snap *zone.Snapshot) {
	s := snap.Writer.Stats()
	if s.Names < kindNames {
		return
	}
	f := report.Figure{Name: "memory.bytes_per_name", Names: s.Names, Kind: "in use", Value: float64(s.Used) / float64(s.Names),
		Unit: "octets", Bar: barBytes}
	f.Print(os.Stdout)
	f.Kind, f.Value = "file", float64(s.Bytes)/float64(s.Names)
	f.Print(os.Stdout)
}

func show(table *report.Table, r result, n int, kind string, size int, pages string) {
	table.Row(fmt.Sprintf("%d, %s", n, kind), pages, size, r.ns, r.cycles, r.median, r.copying, r.allocs)
	f := report.Figure{Name: "engine.cycles_per_query", Names: n, Kind: kind, Batch: size, Pages: pages,
		Value: r.cycles, Median: r.median, Unit: "tsc cycles"}
	f.Print(os.Stdout)
	f.Name, f.Value, f.Median, f.Unit = "engine.ns_per_query", r.ns, 0, "ns"
	f.Print(os.Stdout)
	f.Name, f.Value, f.Unit = "engine.allocations_per_query", r.allocs, "allocations"
	f.Print(os.Stdout)
}
