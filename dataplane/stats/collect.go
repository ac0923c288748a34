package stats

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/exception"
	"github.com/ipdcode/skydns/dataplane/netio"
)

// Source is where the counts of one worker are read.
type Source struct {
	Core     int // the number of its core, or of its TCP queue; worker.AnyCore
	Counters *Core
	Drops    *netio.Drops
	TCP      *exception.TCPCounters // nil but for a worker of TCP, which has no core of its own
}

// label is the worker in metrics: the core's number, or tcp and the queue's, or
// kernel for that of the kernel's sockets beside a DPDK port.
func (s *Source) label() string {
	number := strconv.Itoa(s.Core)
	switch {
	case s.TCP != nil:
		return "tcp" + number
	case s.Core < 0:
		return "kernel"
	}
	return number
}

// The metrics. A core's share stays apart: a core that is worse off than the
// others is what an operator looks for.
var (
	queriesDesc = prometheus.NewDesc("skydns_dataplane_queries_total",
		"Queries received, by what became of them.", []string{"core", "verdict"}, nil)
	dropsDesc = prometheus.NewDesc("skydns_dataplane_drops_total",
		"Messages that the driver dropped, by reason.", []string{"core", "reason"}, nil)
	lostDesc = prometheus.NewDesc("skydns_dataplane_lost_total",
		"Queries dropped because answering them failed; the log says why.", []string{"core"}, nil)
	changesDesc = prometheus.NewDesc("skydns_dataplane_snapshot_changes_total",
		"Snapshot generations taken over since the start.", nil, nil)
	errorsDesc = prometheus.NewDesc("skydns_dataplane_snapshot_errors_total",
		"Snapshot generations refused; the log says why.", nil, nil)
	cookiesDesc = prometheus.NewDesc("skydns_dataplane_cookie_failures_total",
		"Seconds in which the snapshot's secrets of DNS cookies could not be read.", nil, nil)
)

// collector reads all counters at each scrape.
type collector struct {
	sources    []Source
	exceptions *netio.Exceptions // nil without an exception port
	snapshot   *Snapshot
	clock      clock
}

// Describe implements prometheus.Collector.
func (c *collector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{queriesDesc, dropsDesc, lostDesc, changesDesc, errorsDesc, cookiesDesc,
		acceptedDesc, openDesc, endedDesc, fillDesc, batchDesc, turnDesc, cyclesDesc, timedDesc, carriedDesc, surplusDesc} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	counter := func(d *prometheus.Desc, n uint64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), labels...)
	}
	hertz := c.clock.hertz()
	for _, s := range c.sources {
		core := s.label()
		for v := range engine.NumVerdicts {
			counter(queriesDesc, s.Counters.Verdict(v), core, v.String())
		}
		for r := range netio.NumDropReasons {
			counter(dropsDesc, s.Drops.Load(r), core, r.String())
		}
		counter(lostDesc, s.Counters.Lost(), core)
		ch <- prometheus.MustNewConstMetric(fillDesc, prometheus.GaugeValue, s.Drops.Fill(), core)
		s.Counters.turns.collect(ch, core, hertz)
	}
	c.collectTCP(ch)
	c.collectExceptions(ch)
	counter(changesDesc, c.snapshot.changes.Load())
	counter(errorsDesc, c.snapshot.errors.Load())
	counter(cookiesDesc, c.snapshot.cookies.Load())
}
