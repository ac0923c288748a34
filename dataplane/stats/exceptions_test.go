package stats_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/ipdcode/skydns/dataplane/netio"
	"github.com/ipdcode/skydns/dataplane/stats"
)

// TestExceptions verifies that what the exception port carried is shown, over
// all queues.
func TestExceptions(t *testing.T) {
	e := netio.NewExceptions(2)
	for i, ring := range append(e.ToKernel, e.FromKernel) {
		for range i + 1 {
			ring.Put(60)
			ring.Take()
		}
	}
	e.FromKernel.Lose()
	s, err := stats.NewServer(stats.Config{Addr: "127.0.0.1:0", Snapshot: new(stats.Snapshot), Exceptions: e})
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
		`skydns_dataplane_exceptions_total{direction="from-kernel"} 3`,
		`skydns_dataplane_exceptions_total{direction="to-kernel"} 3`,
		`skydns_dataplane_exceptions_lost_total 1`,
	} {
		if !strings.Contains(string(body), want+"\n") {
			t.Errorf("/metrics lacks %q", want)
		}
	}
}
