// Command xdp measures what a query costs a server that takes its frames from
// an interface by AF_XDP, in CPU time of its process: bin/dataplane on DPDK's
// net_af_xdp beside Knot in its XDP mode, one after the other on the same end of
// one veth pair, asked by Knot's kxdpgun from the other.
//
// The ends are in network namespaces of their own, and what the kernel does
// for an interface on the client's core counts for neither.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/ipdcode/skydns/bench/internal/process"
	"github.com/ipdcode/skydns/bench/internal/report"
	"github.com/ipdcode/skydns/bench/internal/zone"
)

// The cores of the servers and of kxdpgun.
const (
	serverCore = 0
	clientCore = 1
)

func main() {
	names := flag.Int("names", 50_000, "names in the zone")
	rate := flag.Int("rate", 80_000, "queries a second that are sent: copying AF_XDP carries little more")
	rounds := flag.Int("rounds", 9, "how often each server is asked; the best counts")
	lasting := flag.Duration("time", 4*time.Second, "how long, each time")
	flag.Parse()
	b := &bench{names: *names, rate: *rate, lasting: *lasting}
	if err := b.run(*rounds); err != nil {
		fmt.Fprintln(os.Stderr, "xdp:", err)
		os.Exit(1)
	}
}

// bench is a run of the benchmark.
type bench struct {
	names, rate int
	lasting     time.Duration

	dir  string
	snap *zone.Snapshot
	link *link
}

// measured is what the rounds have shown of a server.
type measured struct {
	name  string
	start func() (*process.Process, error)

	cost    []float64 // CPU ns an answer, of each round
	rate    []float64 // answers a second, of each round
	replied []float64 // share of the queries that got an answer
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
	err = errors.Join(zone.WriteFile(filepath.Join(b.dir, "zone"), b.names), zone.WriteQueries(filepath.Join(b.dir, "queries"), b.names, b.names))
	if err != nil {
		return err
	}
	if b.link, err = newLink(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.link.remove()) }()
	report.Head(os.Stdout, "AF_XDP on a veth: CPU time of the server a query", "libdpdk-dev", "knot", "knot-dnsutils")
	servers := []*measured{{name: "skydns", start: b.startDataplane}, {name: "knot", start: b.startKnot}}
	for range rounds {
		for _, m := range servers {
			if err := b.round(m); err != nil {
				return fmt.Errorf("%s: %w", m.name, err)
			}
		}
	}
	show(servers, b.names)
	return nil
}

// show prints what the rounds have shown. The first server is ours.
func show(servers []*measured, names int) {
	table := report.NewTable("server", "CPU ns a query", "median", "answers/s", "answered %")
	for _, m := range servers {
		slices.Sort(m.cost)
		table.Row(m.name, m.cost[0], m.cost[len(m.cost)/2], slices.Max(m.rate), 100*slices.Max(m.replied))
	}
	table.Print(os.Stdout)
	ours, knot := servers[0], servers[1]
	report.Figure{Name: "xdp.cpu_ns_per_query", Names: names, Unit: "ns", Value: ours.cost[0], Median: ours.cost[len(ours.cost)/2],
		Peer: "knot", PeerValue: knot.cost[0], Bar: knot.cost[0]}.Print(os.Stdout)
}
