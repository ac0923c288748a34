package main

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// taken is a sample of metrics in text form.
func taken(t *testing.T, at time.Time, text string) *sample {
	t.Helper()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return &sample{at: at, families: families}
}

const one = `# TYPE skydns_dataplane_queries_total counter
skydns_dataplane_queries_total{core="0",verdict="answered"} 100
# TYPE skydns_dataplane_turn_seconds histogram
skydns_dataplane_turn_seconds_bucket{core="0",le="1e-06"} 10
skydns_dataplane_turn_seconds_bucket{core="0",le="2e-06"} 10
skydns_dataplane_turn_seconds_bucket{core="0",le="+Inf"} 10
skydns_dataplane_turn_seconds_sum{core="0"} 1
skydns_dataplane_turn_seconds_count{core="0"} 10
`

const two = `# TYPE skydns_dataplane_queries_total counter
skydns_dataplane_queries_total{core="0",verdict="answered"} 500
# TYPE skydns_dataplane_turn_seconds histogram
skydns_dataplane_turn_seconds_bucket{core="0",le="1e-06"} 60
skydns_dataplane_turn_seconds_bucket{core="0",le="2e-06"} 110
skydns_dataplane_turn_seconds_bucket{core="0",le="+Inf"} 110
skydns_dataplane_turn_seconds_sum{core="0"} 2
skydns_dataplane_turn_seconds_count{core="0"} 110
`

// TestBetween verifies rates and percentiles of what changed, not of all.
func TestBetween(t *testing.T) {
	start := time.Now()
	r := between(taken(t, start, one), taken(t, start.Add(2*time.Second), two))
	if r.queries != 200 {
		t.Errorf("%v queries a second, want 200", r.queries)
	}
	c := r.cores[0]
	if math.Abs(c.median-1e-6) > 1e-9 || math.Abs(c.worst-1.98e-6) > 1e-9 || c.busy != 0.5 {
		t.Errorf("p50 %v, p99 %v, busy %v, want 1 µs, 1.98 µs, 0.5", c.median, c.worst, c.busy)
	}
}

// TestBetweenRestart verifies that counters that begin anew count from 0.
func TestBetweenRestart(t *testing.T) {
	start := time.Now()
	r := between(taken(t, start, two), taken(t, start.Add(time.Second), one))
	if r.queries != 100 || r.cores[0].busy != 1 {
		t.Errorf("%v queries a second, %v busy, want 100 and 1", r.queries, r.cores[0].busy)
	}
}

// TestQuantile verifies what is made of nothing, and of what is beyond all bounds.
func TestQuantile(t *testing.T) {
	none := histogram{upTo: []float64{1, 2, math.Inf(1)}, below: []float64{0, 0, 0}}
	beyond := histogram{upTo: []float64{1, 2, math.Inf(1)}, below: []float64{0, 1, 10}, count: 10}
	if got := none.quantile(0.5); got != 0 {
		t.Errorf("%v of nothing, want 0", got)
	}
	if got := beyond.quantile(0.99); got != 2 {
		t.Errorf("%v of what is beyond 2, want 2", got)
	}
}

// TestShares verifies that verdicts are shown with their share of all queries.
func TestShares(t *testing.T) {
	start := time.Now()
	all := strings.Replace(two, "queries_total{", "queries_total{core=\"0\",verdict=\"nxdomain\"} 800\nskydns_dataplane_queries_total{", 1)
	text := strings.Join(view("host", between(taken(t, start, one), taken(t, start.Add(time.Second), all))), "\n")
	for _, want := range []string{"nxdomain                    800  66.67%", "answered                    400  33.33%"} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
}

// TestForms verifies how numbers and times are written.
func TestForms(t *testing.T) {
	for got, want := range map[string]string{
		number(0): "0", number(7.25): "7.2", number(3): "3", number(1234567): "1,234,567", number(999): "999",
		seconds(0): "-", seconds(1.25e-6): "1.2 µs", seconds(0.0125): "12.5 ms", seconds(2): "2.0 s",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
