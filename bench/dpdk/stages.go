//go:build dpdk

package main

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/ipdcode/skydns/bench/internal/report"
	"github.com/ipdcode/skydns/bench/internal/zone"
	"github.com/ipdcode/skydns/cgo/dpdk"
	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// scratch is the arrays of the engine's first stages, for loops that end
// before the last.
type scratch struct {
	length [engine.BatchSize]uint8
	qtype  [engine.BatchSize]uint16
	hash   [engine.BatchSize]uint64
	off    [engine.BatchSize]uint64
	found  [engine.BatchSize]uint8
}

// parts are the steps of the engine's way for plain A records, in order.
var parts = []struct {
	name string
	step func(s *scratch, v *snapshot.View, b *engine.Batch)
}{
	{"parse and hash", func(s *scratch, v *snapshot.View, b *engine.Batch) {
		wire.Questions(b.Msg[:b.N], v.Seed(), s.length[:b.N], s.qtype[:b.N], s.hash[:b.N])
	}},
	{"probe, compare names, take the record", func(s *scratch, v *snapshot.View, b *engine.Batch) {
		v.OneAddresses(s.hash[:b.N], s.off[:b.N], b.Msg[:b.N], s.length[:b.N], s.found[:b.N])
	}},
}

// runParts runs the loop with the first n parts of the engine only.
func runParts(capture string, snap *zone.Snapshot, n int, lasting time.Duration) (cost, error) {
	slot, err := snap.Reader.NewSlot()
	if err != nil {
		return cost{}, err
	}
	s := new(scratch)
	return runQueue(capture, lasting, func(b *engine.Batch) {
		v := slot.Enter()
		for _, p := range parts[:n] {
			p.step(s, v, b)
		}
		lengthen(b)
		slot.Leave()
	})
}

// runBare receives and transmits the capture, and does nothing else.
func runBare(capture string, lasting time.Duration) (cost, error) {
	port, err := attach(capture)
	if err != nil {
		return cost{}, err
	}
	if _, err := port.Start(dpdk.Setup{Queues: 1, Ring: 1024, Buffers: buffers}); err != nil {
		return cost{}, err
	}
	burst, err := port.NewBurst()
	if err != nil {
		return cost{}, errors.Join(err, port.Close(1))
	}
	var moved atomic.Uint64
	var ending atomic.Bool
	run := func() error {
		if err := errors.Join(pinTo(pollCore), dpdk.RegisterThread()); err != nil {
			return err
		}
		for !ending.Load() {
			n := burst.Receive(port, 0)
			burst.Transmit(port, 0, 0)
			moved.Store(moved.Load() + uint64(n))
		}
		burst.Free()
		dpdk.UnregisterThread()
		return port.Close(1)
	}
	stop := func() error {
		ending.Store(true)
		return nil
	}
	return watch(run, moved.Load, stop, lasting)
}

// step is a loop that ends after a step of the whole one.
type step struct {
	name string
	run  func(capture string, lasting time.Duration) (cost, error)
	cost cost
}

// steps are the loops that end after each step, the last of them the whole.
func steps(snap *zone.Snapshot) []step {
	all := []step{{name: "receive and transmit", run: runBare}, {name: "frame: parse, reply, checksums", run: runEcho}}
	for i, p := range parts {
		all = append(all, step{name: p.name, run: func(capture string, lasting time.Duration) (cost, error) {
			return runParts(capture, snap, i+1, lasting)
		}})
	}
	return append(all, step{name: "header, count", run: func(capture string, lasting time.Duration) (cost, error) {
		return runLoop(capture, snap, pollCore, lasting)
	}})
}

// printStages prints what each step of the loop adds, with so many names and
// queries: the best of each, in rounds of all.
func printStages(dir string, snap *zone.Snapshot, names, queries int, lasting time.Duration) error {
	capture, err := writeCapture(dir, names, queries)
	if err != nil {
		return err
	}
	defer os.Remove(capture)
	all := steps(snap)
	for range rounds {
		for i := range all {
			if err := all[i].cost.add(all[i].run(capture, lasting/rounds)); err != nil {
				return fmt.Errorf("%s: %w", all[i].name, err)
			}
		}
	}
	table := report.NewTable("step", "up to here", "of it")
	last := 0.0
	for _, s := range all {
		table.Row(s.name, s.cost.best, s.cost.best-last)
		last = s.cost.best
	}
	fmt.Printf("\nWhere the cycles of a query go, %d names, %d queries in the capture: loops that end after each step.\n\n", names, queries)
	table.Print(os.Stdout)
	fmt.Println()
	return nil
}
