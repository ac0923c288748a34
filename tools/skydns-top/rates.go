package main

import (
	"cmp"
	"math"
	"slices"
	"time"

	dto "github.com/prometheus/client_model/go"
)

// rates is what happened between two samples. Numbers are a second.
type rates struct {
	apart    time.Duration
	cores    []core
	verdicts []count // by size
	drops    []count // by size; those that happened
	queries  float64
	dropped  float64
	lost     float64
	tcp      float64 // open connections
	changes  float64 // of generations, altogether
	refused  float64
	names    []name
	nameErr  error
}

// count is how often something of a kind happened.
type count struct {
	what string
	n    float64
}

// core is what one core did.
type core struct {
	number        string
	queries       float64
	dropped       float64
	batch         float64 // queries in a batch, on average
	cycles        float64 // a query
	median, worst float64 // seconds of a turn: p50 and p99
	busy          float64 // part of the time
	fill          float64 // of the receive queue
}

const prefix = "skydns_dataplane_"

// between is what happened from one sample to another.
func between(before, after *sample) *rates {
	d := difference{before, after, max(after.at.Sub(before.at).Seconds(), 1e-3)}
	r := &rates{
		apart: after.at.Sub(before.at), names: after.names, nameErr: after.nameErr,
		verdicts: d.by("queries_total", "verdict"), drops: d.by("drops_total", "reason"),
		queries: d.sum("queries_total", "", ""), dropped: d.sum("drops_total", "", ""), lost: d.sum("lost_total", "", ""),
		tcp: d.now("tcp_connections"), changes: d.now("snapshot_changes_total"), refused: d.now("snapshot_errors_total"),
	}
	for _, c := range d.by("queries_total", "core") {
		cycles, timed := d.sum("cycles_total", "core", c.what), d.sum("timed_queries_total", "core", c.what)
		sizes, turns := d.histogram("batch_queries", c.what), d.histogram("turn_seconds", c.what)
		r.cores = append(r.cores, core{
			number: c.what, queries: c.n, dropped: d.sum("drops_total", "core", c.what),
			batch: sizes.mean(), cycles: divide(cycles, timed),
			median: turns.quantile(0.5), worst: turns.quantile(0.99), busy: turns.sum / d.seconds,
			fill: d.after.gauge("queue_fill_ratio", c.what),
		})
	}
	slices.SortFunc(r.cores, func(a, b core) int {
		return cmp.Or(cmp.Compare(len(a.number), len(b.number)), cmp.Compare(a.number, b.number))
	})
	r.drops = slices.DeleteFunc(r.drops, func(c count) bool { return c.n == 0 })
	return r
}

func divide(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// difference compares two samples. Counters that went back, because dataplane
// was started anew, count from 0.
type difference struct {
	before, after *sample
	seconds       float64
}

// label is a metric's label, "" if it has none of that name.
func label(m *dto.Metric, name string) string {
	for _, l := range m.GetLabel() {
		if l.GetName() == name {
			return l.GetValue()
		}
	}
	return ""
}

// total adds up the counters of a family, of those metrics alone whose label
// has a value if a label is given.
func (s *sample) total(family, name, value string) float64 {
	sum := 0.0
	for _, m := range s.families[prefix+family].GetMetric() {
		if name == "" || label(m, name) == value {
			sum += m.GetCounter().GetValue()
		}
	}
	return sum
}

// sum is how much the counters of a family have risen a second.
func (d difference) sum(family, name, value string) float64 {
	before, after := d.before.total(family, name, value), d.after.total(family, name, value)
	if after < before {
		before = 0
	}
	return (after - before) / d.seconds
}

// now is a gauge or a counter as it is.
func (d difference) now(family string) float64 {
	sum := 0.0
	for _, m := range d.after.families[prefix+family].GetMetric() {
		sum += m.GetGauge().GetValue() + m.GetCounter().GetValue()
	}
	return sum
}

// gauge is a core's gauge.
func (s *sample) gauge(family, core string) float64 {
	for _, m := range s.families[prefix+family].GetMetric() {
		if label(m, "core") == core {
			return m.GetGauge().GetValue()
		}
	}
	return 0
}

// by is sum for each value of a label, the largest first.
func (d difference) by(family, name string) []count {
	var all []count
	for _, m := range d.after.families[prefix+family].GetMetric() {
		value := label(m, name)
		if !slices.ContainsFunc(all, func(c count) bool { return c.what == value }) {
			all = append(all, count{value, d.sum(family, name, value)})
		}
	}
	slices.SortFunc(all, func(a, b count) int {
		return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.what, b.what))
	})
	return all
}

// histogram is how a histogram of a core has changed.
type histogram struct {
	upTo  []float64 // upper bounds of the buckets
	below []float64 // how many are at or below each
	count float64
	sum   float64
}

func (d difference) histogram(family, core string) histogram {
	before, after := d.before.histogram(family, core), d.after.histogram(family, core)
	if len(before.below) != len(after.below) || after.count < before.count {
		return after
	}
	for i := range after.below {
		after.below[i] -= before.below[i]
	}
	after.count -= before.count
	after.sum -= before.sum
	return after
}

func (s *sample) histogram(family, core string) histogram {
	var h histogram
	for _, m := range s.families[prefix+family].GetMetric() {
		if label(m, "core") != core {
			continue
		}
		h.count, h.sum = float64(m.GetHistogram().GetSampleCount()), m.GetHistogram().GetSampleSum()
		for _, b := range m.GetHistogram().GetBucket() {
			h.upTo = append(h.upTo, b.GetUpperBound())
			h.below = append(h.below, float64(b.GetCumulativeCount()))
		}
	}
	return h
}

func (h histogram) mean() float64 { return divide(h.sum, h.count) }

// quantile is a value that the part q of all does not exceed, found between the
// bounds of its bucket as if all in it were evenly apart; 0 of nothing.
func (h histogram) quantile(q float64) float64 {
	if h.count == 0 {
		return 0
	}
	rank, below, from := q*h.count, 0.0, 0.0
	for i, n := range h.below {
		if math.IsInf(h.upTo[i], 1) {
			break
		}
		if n > 0 && n >= rank {
			return from + (h.upTo[i]-from)*divide(rank-below, n-below)
		}
		below, from = n, h.upTo[i]
	}
	return from
}
