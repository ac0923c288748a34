// Command asker measures what a query costs the load generator: bin/queryperf
// beside dnsperf, on one core each, both with the same queries to bin/dataplane
// on kernel sockets on another.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/ipdcode/skydns/bench/internal/dnsperf"
	"github.com/ipdcode/skydns/bench/internal/node"
	"github.com/ipdcode/skydns/bench/internal/report"
	"github.com/ipdcode/skydns/bench/internal/zone"
)

// clientCore is the core of the load generators; dataplane is on core 0.
const clientCore = 1

// outstanding is how many queries wait for answers, and sockets how many
// sockets they come from.
const (
	outstanding = 100
	sockets     = 4
)

func main() {
	names := flag.Int("names", 50_000, "names in the zone")
	rounds := flag.Int("rounds", 5, "how often each asks; the best counts")
	lasting := flag.Duration("time", 4*time.Second, "how long, each time")
	flag.Parse()
	if err := run(*names, *rounds, *lasting); err != nil {
		fmt.Fprintln(os.Stderr, "asker:", err)
		os.Exit(1)
	}
}

func run(names, rounds int, lasting time.Duration) (err error) {
	dir, err := os.MkdirTemp("", "skydns-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	snap, err := zone.Fill(names)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, snap.Close()) }()
	queries := filepath.Join(dir, "queries")
	if err := zone.WriteQueries(queries, names, names); err != nil {
		return err
	}
	report.Head(os.Stdout, "Kernel sockets: CPU time of the load generator a query", "dnsperf")
	n, err := node.New(dir, snap.Dir, "")
	if err != nil {
		return err
	}
	server, err := n.StartDataplane()
	if err != nil {
		return fmt.Errorf("%w: make build", err)
	}
	defer server.Stop()
	if err := server.Until(10*time.Second, func() error {
		return exec.Command("bin/queryperf", arguments(n.DNS, queries, 10*time.Millisecond)...).Run()
	}); err != nil {
		return err
	}
	ours, theirs, err := compare(n.DNS, queries, rounds, lasting)
	if err != nil {
		return err
	}
	show(names, ours, theirs)
	return nil
}

// asked is what each round has shown: CPU time a query, ns, and queries a second.
type asked struct{ cost, rate []float64 }

// compare lets both ask in turn.
func compare(server, queries string, rounds int, lasting time.Duration) (ours, theirs asked, err error) {
	for range rounds {
		if err := ours.ask(server, queries, lasting); err != nil {
			return ours, theirs, fmt.Errorf("queryperf: %w", err)
		}
		r, err := dnsperf.Ask(nil, clientCore, server, queries, sockets, outstanding, lasting)
		if err != nil {
			return ours, theirs, err
		}
		theirs.add(r.CPU, r.Completed, r.QPS)
	}
	return ours, theirs, nil
}

// ask runs queryperf on its core.
func (a *asked) ask(server, queries string, lasting time.Duration) error {
	args := append([]string{"-c", strconv.Itoa(clientCore), "bin/queryperf"}, arguments(server, queries, lasting)...)
	cmd := exec.Command("taskset", args...)
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	var r struct{ Completed, QPS float64 }
	if err := json.Unmarshal(out, &r); err != nil || r.Completed == 0 {
		return fmt.Errorf("no number of answers: %w: %s", err, out)
	}
	a.add(cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime(), r.Completed, r.QPS)
	return nil
}

// add notes a round.
func (a *asked) add(cpu time.Duration, completed, rate float64) {
	a.cost = append(a.cost, float64(cpu.Nanoseconds())/completed)
	a.rate = append(a.rate, rate)
}

// arguments make queryperf ask for some time.
func arguments(server, queries string, lasting time.Duration) []string {
	host, port, _ := net.SplitHostPort(server) // as node wrote it
	return []string{"-s", host, "-p", port, "-d", queries, "-l", fmt.Sprint(lasting.Seconds()), "-t", "1",
		"-q", strconv.Itoa(outstanding), "-P", strconv.Itoa(sockets), "-o", "json"}
}

// show prints what the rounds have shown.
func show(names int, ours, theirs asked) {
	table := report.NewTable("load generator", "CPU ns a query", "median", "queries/s")
	for _, a := range []struct {
		name string
		asked
	}{{"queryperf", ours}, {"dnsperf", theirs}} {
		slices.Sort(a.cost)
		table.Row(a.name, a.cost[0], a.cost[len(a.cost)/2], slices.Max(a.rate))
	}
	table.Print(os.Stdout)
	report.Figure{Name: "asker.cpu_ns_per_query", Names: names, Unit: "ns", Value: ours.cost[0], Median: ours.cost[len(ours.cost)/2],
		Peer: "dnsperf", PeerValue: theirs.cost[0], Bar: theirs.cost[0]}.Print(os.Stdout)
}
