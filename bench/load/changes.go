package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/bench/internal/node"
	"github.com/ipdcode/skydns/bench/internal/process"
	"github.com/ipdcode/skydns/bench/internal/records"
	"github.com/ipdcode/skydns/bench/internal/report"
)

// barVisible is how soon after its arrival from etcd a change is to be in the
// snapshot, µs, p99.
const barVisible = 1000

// load is changes that are made at a rate for some time.
type load struct {
	url         string // of etcd
	etcd        *process.Process
	names       int // that there are
	count, rate int // of changes, and a second
	round       int // of values
	cores       []int
}

// changes makes changes with control on any core, and on one of its own where
// there are two, and shows how soon each was in the snapshot.
func (l load) changes(n *node.Node) error {
	table := report.NewTable("control runs on", "changes/s", "p50 µs", "p99 µs", "p99.9 µs", "µs of CPU a change", "µs without a core", "ms behind")
	kinds := []string{shared}
	if len(l.cores) > 1 {
		kinds = append(kinds, apart)
	}
	for _, kind := range kinds {
		l.round++
		if err := l.measure(n, table, kind); err != nil {
			return err
		}
	}
	fmt.Printf("%d changes to names that are there, in transactions of 128\n\n", l.count)
	table.Print(os.Stdout)
	return nil
}

// measure does so in one of the ways.
func (l load) measure(n *node.Node, table *report.Table, kind string) error {
	control, err := l.start(n, kind)
	if err != nil {
		return err
	}
	defer control.Stop()
	before, err := metricsOf(n, control)
	if err != nil {
		return err
	}
	took, behind, err := l.make(control, func() (float64, error) {
		now, err := metricsOf(n, control)
		return now.since(before).values[visible+"_count"], err
	})
	if err != nil {
		return err
	}
	after, err := metricsOf(n, control)
	if err != nil {
		return err
	}
	d := after.since(before)
	each := func(t time.Duration) float64 { return float64(t.Nanoseconds()) / 1e3 / float64(l.count) }
	p50, p99 := d.quantile(.5), d.quantile(.99)
	if math.IsInf(p99, 0) {
		return fmt.Errorf("with control on %s, 1 %% of the changes or more took longer than its histogram tells", kind)
	}
	perSecond := float64(l.count) / took.Seconds()
	table.Row(kind, perSecond, p50, p99, d.quantile(.999), each(d.cores.worked), each(d.cores.waited), behind.Milliseconds())
	report.Figure{Name: "changes.visible_us", Kind: kind, Names: l.names, Value: p99, Unit: "us", Bar: barVisible,
		Percentiles: &report.Percentiles{P50: p50, P99: p99}}.Print(os.Stdout)
	report.Figure{Name: "changes.per_second", Kind: kind, Names: l.names, Value: perSecond, Unit: "1/s"}.Print(os.Stdout)
	return nil
}

// make makes the changes. took is how long etcd took for them, behind how long
// after the last of them all were seen.
func (l load) make(control *process.Process, seen func() (float64, error)) (took, behind time.Duration, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{l.url}, Context: ctx})
	if err != nil {
		return 0, 0, err
	}
	defer client.Close()
	start := time.Now()
	if err := records.Change(ctx, client, l.count, l.rate, l.round); err != nil {
		return 0, 0, err
	}
	took = time.Since(start)
	err = control.Until(patience, func() error {
		n, err := seen()
		if err == nil && n < float64(l.count) {
			err = fmt.Errorf("%.0f of %d changes are seen", n, l.count)
		}
		return err
	})
	return took, time.Since(start) - took, err
}
