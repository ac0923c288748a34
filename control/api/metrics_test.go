package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

// TestMetrics verifies that the interface counts its requests, their time, and
// the changes that it works out again, by names that Prometheus's conventions
// allow.
func TestMetrics(t *testing.T) {
	f := newFixture(t)
	s, err := newServer(f.options())
	if err != nil {
		t.Fatal(err)
	}
	f.serve(s.routes())
	name, err := s.names.changeable("n")
	if err != nil {
		t.Fatal(err)
	}
	q := &request{names: s.names, name: name, body: &body{IPs: []string{"10.0.0.1"}}}
	first := true
	err = s.changer.do(t.Context(), s.timeout, func(t *tx) error {
		err := add(q, t)
		if first {
			first = false
			f.ok("POST", "n", `{"ips":["10.0.0.2"]}`)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	_, text := f.send(http.MethodGet, "/metrics", "", nil)
	for _, line := range []string{
		`skydns_api_requests_total{code="200",method="POST"} 1`, `skydns_api_request_seconds_count{method="POST"} 1`,
		"skydns_api_retries_total 1", "skydns_api_certificate_failures_total ",
	} {
		if !strings.Contains(text, line) {
			t.Errorf("no %s in\n%s", line, text)
		}
	}
	problems, err := promlint.New(strings.NewReader(text + "\n")).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
}
