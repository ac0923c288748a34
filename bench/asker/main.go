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
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/ipdcode/skydns/bench/internal/node"
	"github.com/ipdcode/skydns/bench/internal/report"
	"github.com/ipdcode/skydns/bench/internal/zone"
)

// clientCore is the core of the load generators; dataplane is on core 0.
const clientCore = 1

// outstanding is how many queries wait for answers, and sockets how many
// sockets they come from.
const (
	outstanding = "100"
	sockets     = "4"
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
	var lines []byte
	for _, i := range zone.Draw(names, names) {
		lines = append(lines, zone.Name(i)+" A\n"...)
	}
	queries := filepath.Join(dir, "queries")
	if err := os.WriteFile(queries, lines, 0o600); err != nil {
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
	if err := server.Until(10*time.Second, func() error { return exec.Command("bin/queryperf", first(n.DNS, queries)...).Run() }); err != nil {
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
	host, port, err := net.SplitHostPort(server)
	if err != nil {
		return ours, theirs, err
	}
	seconds := strconv.Itoa(int(lasting.Seconds()))
	for range rounds {
		if err := ours.round(queryperfCount, "bin/queryperf", "-s", host, "-p", port, "-d", queries, "-l", seconds,
			"-q", outstanding, "-P", sockets, "-o", "json"); err != nil {
			return ours, theirs, err
		}
		if err := theirs.round(dnsperfCount, "dnsperf", "-s", host, "-p", port, "-d", queries, "-l", seconds,
			"-q", outstanding, "-c", sockets, "-T", "1"); err != nil {
			return ours, theirs, err
		}
	}
	return ours, theirs, nil
}

// round runs a load generator on its core.
func (a *asked) round(count func(out []byte) (completed, rate float64, err error), program string, args ...string) error {
	cmd := exec.Command("taskset", append([]string{"-c", strconv.Itoa(clientCore), program}, args...)...)
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, out)
	}
	completed, rate, err := count(out)
	if err != nil || completed == 0 {
		return fmt.Errorf("%s prints no number of answers: %w: %s", program, err, out)
	}
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	a.cost = append(a.cost, float64(cpu.Nanoseconds())/completed)
	a.rate = append(a.rate, rate)
	return nil
}

// first is the arguments that make queryperf ask once, with a second's patience.
func first(server, queries string) []string {
	host, port, _ := net.SplitHostPort(server) // as node wrote it
	return []string{"-s", host, "-p", port, "-d", queries, "-l", "0.01", "-t", "1", "-o", "json"}
}

func queryperfCount(out []byte) (completed, rate float64, err error) {
	var r struct{ Completed, QPS float64 }
	err = json.Unmarshal(out, &r)
	return r.Completed, r.QPS, err
}

var (
	completedLine = regexp.MustCompile(`Queries completed:\s+(\d+)`)
	rateLine      = regexp.MustCompile(`Queries per second:\s+([\d.]+)`)
)

func dnsperfCount(out []byte) (completed, rate float64, err error) {
	c, r := completedLine.FindSubmatch(out), rateLine.FindSubmatch(out)
	if c == nil || r == nil {
		return 0, 0, errors.New("not the form of dnsperf 2.10")
	}
	completed, err = strconv.ParseFloat(string(c[1]), 64)
	if err != nil {
		return 0, 0, err
	}
	rate, err = strconv.ParseFloat(string(r[1]), 64)
	return completed, rate, err
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
