package publish

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are written by Run's goroutine and read by any.
type metrics struct {
	ready                                 atomic.Bool
	names, zones, bytes, used, generation atomic.Int64 // the snapshot's
	entries, others, refused, unwritten   atomic.Int64
	revision                              atomic.Int64

	visible  prometheus.Histogram
	syncs    prometheus.Counter
	outside  prometheus.Counter
	failures prometheus.Counter
	renewals prometheus.Counter

	lastFailure string // of Run's goroutine
}

// visibleBuckets are fine around the millisecond in which a change is to be
// seen.
var visibleBuckets = []float64{20e-6, 50e-6, 100e-6, 150e-6, 200e-6, 250e-6, 300e-6, 350e-6, 400e-6, 450e-6, 500e-6, 600e-6, 700e-6,
	800e-6, 900e-6, 1e-3, 1.2e-3, 1.5e-3, 2e-3, 3e-3, 5e-3, 10e-3, 20e-3, 50e-3, 0.1, 1}

func newMetrics() *metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "skydns_publish_" + name, Help: help})
	}
	return &metrics{
		visible: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "skydns_publish_visible_seconds",
			Help:    "From the arrival of a change from etcd until every core sees it.",
			Buckets: visibleBuckets,
		}),
		syncs:    counter("syncs_total", "Complete lists of etcd that were published."),
		outside:  counter("outside_total", "Keys and changes that are in none of our domains."),
		failures: counter("failures_total", "Failures to write the snapshot."),
		renewals: counter("renewals_total", "Snapshots that were begun afresh because their files were damaged."),
	}
}

// update takes the figures of p, on Run's goroutine.
func (m *metrics) update(p *Publisher) {
	stats := p.writer.Stats()
	m.names.Store(int64(stats.Names))
	m.zones.Store(int64(stats.Zones))
	m.bytes.Store(stats.Bytes)
	m.used.Store(stats.Used)
	m.generation.Store(int64(stats.Generation))
	if !p.unpublished && !p.damaged {
		m.revision.Store(p.revision)
	}
	m.entries.Store(int64(p.records.len()))
	m.others.Store(int64(p.others.keys.Len()))
	m.refused.Store(int64(len(p.report.known)))
	m.unwritten.Store(int64(len(p.failed) + len(p.unmarked)))
}

// Ready reports whether a complete list has been published since the start of
// the process.
func (p *Publisher) Ready() bool { return p.metrics.ready.Load() }

// Collectors are the package's metrics, for one registry.
func (p *Publisher) Collectors() []prometheus.Collector {
	m := p.metrics
	gauge := func(name, help string, n *atomic.Int64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "skydns_" + name, Help: help},
			func() float64 { return float64(n.Load()) })
	}
	return []prometheus.Collector{
		m.visible, m.syncs, m.outside, m.failures, m.renewals, p.report.refused,
		gauge("snapshot_names", "Names that hold records in the snapshot.", &m.names),
		gauge("snapshot_zones", "Zones in the snapshot.", &m.zones),
		gauge("snapshot_bytes", "Size of the snapshot's generation.", &m.bytes),
		gauge("snapshot_used_bytes", "Bytes of the snapshot that hold something.", &m.used),
		gauge("snapshot_generation", "Number of the snapshot's generation.", &m.generation),
		gauge("publish_revision", "The etcd revision of the list or the changes that every core sees since last.", &m.revision),
		gauge("publish_names", "Names with records of ours in etcd.", &m.entries),
		gauge("publish_others", "Names with records of other programs in etcd.", &m.others),
		gauge("publish_unserved", "Keys and names with something that is not served at the moment.", &m.refused),
		gauge("publish_unwritten", "Names and states that the snapshot could not take yet.", &m.unwritten),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "skydns_publish_ready",
			Help: "1 once a complete list has been published."}, func() float64 {
			if m.ready.Load() {
				return 1
			}
			return 0
		}),
	}
}
