package stats_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/netio"
	"github.com/ipdcode/skydns/dataplane/stats"
)

// TestMetrics verifies that /metrics shows what was counted, by core.
func TestMetrics(t *testing.T) {
	var core3, core5 stats.Core
	var drops3, drops5 netio.Drops
	var snap stats.Snapshot
	b := &engine.Batch{N: 3}
	b.Verdict = [engine.BatchSize]engine.Verdict{engine.Answered, engine.NXDomain, engine.Answered, engine.Ignored}
	core3.CountBatch(b)
	core3.CountBatch(b)
	core5.CountLost(7)
	drops5.Add(netio.DropOversize, 2)
	drops5.SetFill(250)
	snap.CountChange()
	snap.CountError()
	snap.CountNoSecrets()

	s, err := stats.NewServer(stats.Config{Addr: "127.0.0.1:0", Snapshot: &snap, Sources: []stats.Source{
		{Core: 3, Counters: &core3, Drops: &drops3}, {Core: 5, Counters: &core5, Drops: &drops5},
	}})
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve()
	defer s.Close()
	resp, err := http.Get("http://" + s.Addr().String() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`skydns_dataplane_queries_total{core="3",verdict="answered"} 4`,
		`skydns_dataplane_queries_total{core="3",verdict="nxdomain"} 2`,
		`skydns_dataplane_queries_total{core="3",verdict="ignored"} 0`,
		`skydns_dataplane_queries_total{core="5",verdict="answered"} 0`,
		`skydns_dataplane_lost_total{core="5"} 7`,
		`skydns_dataplane_drops_total{core="5",reason="oversize"} 2`,
		`skydns_dataplane_drops_total{core="3",reason="oversize"} 0`,
		`skydns_dataplane_queue_fill_ratio{core="5"} 0.25`,
		`skydns_dataplane_queue_fill_ratio{core="3"} 0`,
		`skydns_dataplane_snapshot_changes_total 1`,
		`skydns_dataplane_snapshot_errors_total 1`,
		`skydns_dataplane_cookie_failures_total 1`,
	} {
		if !strings.Contains(string(body), want+"\n") {
			t.Errorf("/metrics lacks %q", want)
		}
	}
	if t.Failed() {
		t.Logf("%s", body)
	}
}

// TestUnknownCallsAreExplained verifies that a path and a method which there are
// not get the answer that REST gives them, and not net/http's.
func TestUnknownCallsAreExplained(t *testing.T) {
	s, err := stats.NewServer(stats.Config{Addr: "127.0.0.1:0", Snapshot: new(stats.Snapshot)})
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve()
	defer s.Close()
	for call, want := range map[string]string{
		"GET /nowhere":       `404 ERR, no such path: "/nowhere"`,
		"POST /metrics":      "405 ERR, POST is not offered here: want one of GET, HEAD",
		"PUT /skydns/master": "405 ERR, PUT is not offered here: want one of GET, HEAD, POST",
	} {
		method, path, _ := strings.Cut(call, " ")
		r, err := http.NewRequest(method, "http://"+s.Addr().String()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if got := fmt.Sprintf("%d %s", resp.StatusCode, body); err != nil || got != want+"\n" {
			t.Errorf("%s: %q, %v", call, got, err)
		}
	}
}

// TestServerBusyPort verifies that the error says what to change.
func TestServerBusyPort(t *testing.T) {
	first, err := stats.NewServer(stats.Config{Addr: "127.0.0.1:0", Snapshot: new(stats.Snapshot)})
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	go first.Serve()
	_, err = stats.NewServer(stats.Config{Addr: first.Addr().String(), Snapshot: new(stats.Snapshot)})
	if err == nil || !strings.Contains(err.Error(), "statsServer") {
		t.Errorf("error %v, want one that names statsServer", err)
	}
}

// TestFullBatches verifies what is counted of batches without room: all answered,
// and all but the last.
func TestFullBatches(t *testing.T) {
	var core stats.Core
	b := &engine.Batch{N: engine.BatchSize}
	core.CountBatch(b)
	b.Verdict[engine.BatchSize-1] = engine.NXDomain
	core.CountBatch(b)
	if answered, missing := core.Verdict(engine.Answered), core.Verdict(engine.NXDomain); answered != 2*engine.BatchSize-1 || missing != 1 {
		t.Errorf("%d answered and %d not existing, want %d and 1", answered, missing, 2*engine.BatchSize-1)
	}
}

// TestCountBatchAllocations verifies that counting allocates nothing.
func TestCountBatchAllocations(t *testing.T) {
	var core stats.Core
	b := &engine.Batch{N: engine.BatchSize}
	if n := testing.AllocsPerRun(100, func() { core.CountBatch(b) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}
