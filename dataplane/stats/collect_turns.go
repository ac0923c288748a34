package stats

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/ipdcode/skydns/dataplane/engine"
)

// fillDesc is how near a queue is to dropping.
var fillDesc = prometheus.NewDesc("skydns_dataplane_queue_fill_ratio",
	"Part of the receive queue that was full when the driver last looked, 0 where it cannot tell.", []string{"core"}, nil)

// The metrics of turns, all estimated from a sample of them.
var (
	batchDesc = prometheus.NewDesc("skydns_dataplane_batch_queries",
		"Queries in a batch, from a sample: full batches (64) mean that more are waiting in the queue.", []string{"core"}, nil)
	turnDesc = prometheus.NewDesc("skydns_dataplane_turn_seconds",
		"Time from the arrival of a batch of queries to the sending of the replies, from a sample.", []string{"core"}, nil)
	cyclesDesc = prometheus.NewDesc("skydns_dataplane_cycles_total",
		"Cycles of the time stamp counter in which batches were answered, from a sample.", []string{"core"}, nil)
	timedDesc = prometheus.NewDesc("skydns_dataplane_timed_queries_total",
		"Queries in the batches of skydns_dataplane_cycles_total, from the same sample.", []string{"core"}, nil)
)

// The upper bounds of the histograms' buckets.
var (
	batchBounds = []int{1, 2, 4, 8, 16, 32, 63, engine.BatchSize}
	turnBounds  = []float64{1e-6, 2e-6, 5e-6, 10e-6, 20e-6, 50e-6, 100e-6, 200e-6, 500e-6, 1e-3, 2e-3, 5e-3, 10e-3, 50e-3, 0.1, 1}
)

// collect reads a core's turns, given the rate of the time stamp counter.
func (t *turns) collect(ch chan<- prometheus.Metric, core string, hertz float64) {
	ch <- prometheus.MustNewConstMetric(cyclesDesc, prometheus.CounterValue, float64(t.cycles.Load()), core)
	ch <- prometheus.MustNewConstMetric(timedDesc, prometheus.CounterValue, float64(t.queries.Load()), core)

	below := map[float64]uint64{}
	count, from := uint64(0), 0
	for _, bound := range batchBounds {
		for ; from <= bound; from++ {
			count += t.size[from].Load()
		}
		below[float64(bound)] = count
	}
	ch <- prometheus.MustNewConstHistogram(batchDesc, count, float64(t.queries.Load()), below, core)

	below = map[float64]uint64{}
	count, from = 0, 0
	for _, bound := range turnBounds {
		for ; from < cycleBuckets && float64(cycleUpper(from)) <= bound*hertz; from++ {
			count += t.length[from].Load()
		}
		below[bound] = count
	}
	for ; from < cycleBuckets; from++ {
		count += t.length[from].Load()
	}
	ch <- prometheus.MustNewConstHistogram(turnDesc, count, float64(t.cycles.Load())/hertz, below, core)
}
