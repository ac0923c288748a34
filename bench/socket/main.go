// Command socket measures what a query costs a server on kernel sockets, in
// CPU time: bin/dataplane beside Knot, NSD, BIND, Unbound and CoreDNS, with the
// same zone, on one core each, asked by dnsperf from another.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/ipdcode/skydns/bench/internal/clock"
	"github.com/ipdcode/skydns/bench/internal/report"
	"github.com/ipdcode/skydns/bench/internal/zone"
)

// The cores of the servers, one of which is asked at a time, and of dnsperf.
const (
	serverCore = 0
	clientCore = 1
)

// How many sockets dnsperf asks from, and how many queries wait for answers.
const (
	sockets     = 4
	outstanding = 100
)

func main() {
	names := flag.Int("names", 50_000, "names in the zone")
	queries := flag.Int("queries", 1<<16, "different queries, as far as there are names")
	rounds := flag.Int("rounds", 5, "how often each server is asked; the best counts")
	lasting := flag.Duration("time", 4*time.Second, "how long, each time")
	flag.Parse()
	if err := run(*names, *queries, *rounds, *lasting); err != nil {
		fmt.Fprintln(os.Stderr, "socket:", err)
		os.Exit(1)
	}
}

func run(names, queries, rounds int, lasting time.Duration) error {
	dir, err := os.MkdirTemp("", "skydns-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	snap, err := zone.Fill(names)
	if err != nil {
		return err
	}
	defer snap.Close()
	asked := filepath.Join(dir, "queries")
	if err := errors.Join(zone.WriteFile(filepath.Join(dir, "zone"), names), zone.WriteQueries(asked, names, queries)); err != nil {
		return err
	}
	report.Head(os.Stdout, "Kernel sockets: CPU time of the server a query", "knot", "nsd", "bind9", "unbound", "dnsperf")
	servers, err := startAll(dir, snap.Dir)
	defer stopAll(servers)
	if err != nil {
		return err
	}
	for range rounds {
		for _, s := range servers {
			if err := s.ask(asked, lasting); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
	}
	show(servers, names)
	return nil
}

// show prints what the rounds have shown. The first server is ours.
func show(servers []*server, names int) {
	table := report.NewTable("server", "CPU ns a query", "median", "TSC cycles", "queries/s", "lost")
	ours := servers[0]
	for _, s := range servers {
		slices.Sort(s.cost)
		table.Row(s.name, s.best(), s.median(), clock.Cycles(time.Duration(s.best())), slices.Max(s.rate), s.lost)
	}
	table.Print(os.Stdout)
	for _, peer := range servers[1:] {
		report.Figure{Name: "socket.cpu_ns_per_query", Names: names, Value: ours.best(), Median: ours.median(),
			Unit: "ns", Peer: peer.name, PeerValue: peer.best(), Bar: peer.best()}.Print(os.Stdout)
	}
}
