package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/bench/internal/node"
	"github.com/ipdcode/skydns/bench/internal/records"
	"github.com/ipdcode/skydns/bench/internal/report"
)

// barVisible is how soon after its arrival from etcd a change is to be in the
// snapshot, µs, p99.
const barVisible = 1000

// changes starts control, changes names at a rate for some seconds, and shows
// how soon control had each batch of changes in the snapshot, by its own
// metrics, and how far behind it was at the end.
func changes(n *node.Node, url string, names, rate, seconds int) error {
	control, err := n.StartControl()
	if err != nil {
		return err
	}
	defer control.Stop()
	if err := control.Until(patience, n.Ready); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{url}, Context: ctx})
	if err != nil {
		return err
	}
	defer client.Close()
	before, err := metrics(n)
	if err != nil {
		return err
	}
	start := time.Now()
	if err := records.Change(ctx, client, min(names, rate*seconds), rate, 1); err != nil {
		return err
	}
	took := time.Since(start)
	resp, err := client.Get(ctx, "revision")
	if err != nil {
		return err
	}
	err = control.Until(patience, func() error {
		now, err := metrics(n)
		if err == nil && now["skydns_etcd_revision"] < float64(resp.Header.Revision) {
			err = fmt.Errorf("control is at revision %.0f", now["skydns_etcd_revision"])
		}
		return err
	})
	if err != nil {
		return err
	}
	behind := time.Since(start) - took
	after, err := metrics(n)
	if err != nil {
		return err
	}
	p50, p99 := quantile(before, after, .5), quantile(before, after, .99)
	fmt.Printf("%d changes in %.1f s: in the snapshot %.0f µs (p50) and %.0f µs (p99) after their arrival at the latest, all of them %.0f ms after the last\n",
		min(names, rate*seconds), took.Seconds(), p50, p99, float64(behind.Milliseconds()))
	report.Figure{Name: "changes.visible_us", Names: names, Value: p99, Unit: "us", Bar: barVisible,
		Percentiles: &report.Percentiles{P50: p50, P99: p99}}.Print(os.Stdout)
	report.Figure{Name: "changes.per_second", Names: names, Value: float64(min(names, rate*seconds)) / took.Seconds(), Unit: "1/s"}.Print(os.Stdout)
	return nil
}

// metrics are control's, by what stands before the value.
func metrics(n *node.Node) (map[string]float64, error) {
	resp, err := http.Get("http://" + n.API + "/metrics")
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	values := map[string]float64{}
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), " "); ok {
			values[name], _ = strconv.ParseFloat(value, 64)
		}
	}
	return values, nil
}

// quantile is the bound, in µs, under which that share of the batches between
// two readings of the metrics was.
func quantile(before, after map[string]float64, share float64) float64 {
	const name = "skydns_publish_visible_seconds"
	count := func(line string) float64 { return after[line] - before[line] }
	best := 0.0
	for line := range after {
		text, ok := strings.CutPrefix(line, name+`_bucket{le="`)
		bound, err := strconv.ParseFloat(strings.TrimSuffix(text, `"}`), 64)
		if !ok || err != nil || count(line) < share*count(name+"_count") {
			continue
		}
		if best == 0 || bound < best {
			best = bound
		}
	}
	return best * 1e6
}
