// Command update measures how soon a change is visible: from the OK of REST,
// or from the moment that etcd has it, to the first right answer over DNS;
// when nothing else goes on, while a million names are being loaded, and with
// them in the snapshot. It runs the real programs, with an embedded etcd.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/bench/internal/node"
	"github.com/ipdcode/skydns/bench/internal/records"
	"github.com/ipdcode/skydns/bench/internal/report"
	"github.com/ipdcode/skydns/bench/internal/zone"
)

// patience is how long anything may take.
const patience = 10 * time.Minute

func main() {
	names := flag.Int("names", 1_000_000, "names that are loaded")
	rate := flag.Int("rate", 10_000, "names loaded a second; 0: as fast as etcd takes them")
	changes := flag.Int("changes", 1000, "changes over each of REST and etcd")
	flag.Parse()
	if err := run(*names, *rate, *changes); err != nil {
		fmt.Fprintln(os.Stderr, "update:", err)
		os.Exit(1)
	}
}

func run(names, rate, changes int) error {
	dir, err := os.MkdirTemp("", "skydns-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	snapshotDir, _ := zone.TempDir()
	defer os.RemoveAll(snapshotDir)
	n, err := node.New(dir, snapshotDir, "")
	if err != nil {
		return err
	}
	report.Head(os.Stdout, "From a change to the first right answer")
	control, err := n.StartControl()
	if err != nil {
		return fmt.Errorf("%w: make build", err)
	}
	defer control.Stop()
	dataplane, err := n.StartDataplane()
	if err != nil {
		return err
	}
	defer dataplane.Stop()
	if err := control.Until(time.Minute, n.Ready); err != nil {
		return err
	}
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{n.Etcd}, DialTimeout: time.Minute})
	if err != nil {
		return err
	}
	defer client.Close()
	p, err := newProbe(n, client)
	if err != nil {
		return err
	}
	defer p.close()
	return phases(p, names, rate, changes)
}

// phases measures idle, while names are being loaded, and with them in the snapshot.
func phases(p *probe, names, rate, changes int) error {
	table := report.NewTable("change made by", "meanwhile", "changes", "p50 µs", "p99 µs", "worst")
	idle := until(changes)
	if err := p.phase(table, "idle", 0, idle); err != nil {
		return err
	}
	loading := fmt.Sprintf("loading %d names, %d a second", names, rate)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	loaded := make(chan error, 1)
	go func() { loaded <- records.Load(ctx, p.etcd, names, rate) }()
	var loadErr error
	err := p.phase(table, loading, 0, func(int) bool {
		select {
		case loadErr = <-loaded:
			return false
		default:
			return true
		}
	})
	if err != nil || loadErr != nil {
		return fmt.Errorf("%s: %w", loading, firstOf(err, loadErr))
	}
	if err := p.settle(zone.Name(names - 1)); err != nil {
		return err
	}
	if err := p.phase(table, fmt.Sprintf("idle, with %d names", names), names, idle); err != nil {
		return err
	}
	table.Print(os.Stdout)
	return nil
}

// until lets a phase go on for so many changes.
func until(changes int) func(done int) bool {
	return func(done int) bool { return done < changes }
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
