//go:build dpdk

package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/ipdcode/skydns/bench/internal/report"
	"github.com/ipdcode/skydns/bench/internal/zone"
	"github.com/ipdcode/skydns/dataplane/engine"
)

const (
	changesASecond = 1000
	garbage        = 64 << 20 // octets, in pieces: what each collection has to look through
	mostTurns      = 1 << 22  // that are kept of one run
)

// turnTimes is how long turns took, from receiving to receiving.
type turnTimes []time.Duration

// at is the time that a share of the turns stayed below, in µs.
func (t turnTimes) at(share float64) float64 {
	return float64(t[int(share*float64(len(t)-1))].Nanoseconds()) / 1000
}

// runTurns runs the whole loop and times each turn, while others do their work
// until stop is closed.
func runTurns(capture string, snap *zone.Snapshot, lasting time.Duration, others ...func(stop <-chan struct{})) (turnTimes, error) {
	slot, err := snap.Reader.NewSlot()
	if err != nil {
		return nil, err
	}
	e := engine.New(engine.Config{})
	times := make(turnTimes, 0, mostTurns)
	last := time.Now()
	stop := make(chan struct{})
	var group sync.WaitGroup
	for _, work := range others {
		group.Go(func() { work(stop) })
	}
	_, err = runQueue(capture, lasting, func(b *engine.Batch) {
		e.Answer(slot.Enter(), b)
		slot.Leave()
		now := time.Now()
		if len(times) < cap(times) {
			times = append(times, now.Sub(last))
		}
		last = now
	})
	close(stop)
	group.Wait()
	slices.Sort(times)
	return times, err
}

// collect makes the collector run ten times a second.
func collect(stop <-chan struct{}) {
	pieces := make([]*[64]byte, garbage/64)
	for i := range pieces {
		pieces[i] = new([64]byte)
	}
	for tick := time.Tick(100 * time.Millisecond); ; {
		select {
		case <-stop:
			runtime.KeepAlive(pieces)
			return
		case <-tick:
			runtime.GC()
		}
	}
}

// change makes changesASecond changes of addresses.
func change(snap *zone.Snapshot) func(stop <-chan struct{}) {
	return func(stop <-chan struct{}) {
		n := 0
		for tick := time.Tick(10 * time.Millisecond); ; {
			select {
			case <-stop:
				return
			case <-tick:
			}
			for range changesASecond / 100 {
				n++
				if err := snap.Change(n%barNames, zone.Address(n/barNames+n)); err != nil {
					fmt.Fprintln(os.Stderr, "dpdk: change a name:", err)
					return
				}
			}
		}
	}
}

// printTurns prints how long the loop's turns take beside other work.
func printTurns(dir string, snap *zone.Snapshot, names, queries int, lasting time.Duration) error {
	capture, err := writeCapture(dir, names, queries)
	if err != nil {
		return err
	}
	defer os.Remove(capture)
	table := report.NewTable("while", "turns", "p50 µs", "p99", "p99.9", "p99.99", "longest")
	for _, run := range []struct {
		during string
		others []func(<-chan struct{})
	}{
		{"nothing else", nil},
		{"10 collections a second", []func(<-chan struct{}){collect}},
		{"1,000 changes a second", []func(<-chan struct{}){change(snap)}},
		{"both", []func(<-chan struct{}){collect, change(snap)}},
	} {
		t, err := runTurns(capture, snap, lasting, run.others...)
		if err != nil || len(t) == 0 {
			return errors.Join(err, fmt.Errorf("%s: %d turns", run.during, len(t)))
		}
		table.Row(run.during, len(t), t.at(0.5), t.at(0.99), t.at(0.999), t.at(0.9999), t.at(1))
		report.Figure{Name: "dpdk.turn_us", Names: names, Queries: queries, During: run.during, Unit: "µs at p99.9",
			Value: t.at(0.999), Median: t.at(0.5)}.Print(os.Stdout)
	}
	fmt.Printf("\nHow long a turn of the loop takes, 64 queries each, %d names, by the clock (what the machine takes away counts):\n\n", names)
	table.Print(os.Stdout)
	fmt.Println()
	return nil
}
