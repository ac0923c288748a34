package store

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// state is what Follow knows of etcd, for metrics and the log. Follow writes,
// anyone reads.
type state struct {
	revision  atomic.Int64 // the last one that is known to be delivered
	lag       atomic.Int64 // revisions that etcd was ahead when it last said something
	heardAt   atomic.Int64 // when etcd last confirmed it, by Store.up in ns; 0: never
	connected atomic.Bool
	lists     atomic.Int64 // complete lists
	losses    atomic.Int64 // connections or watches that were lost
	loggedAt  atomic.Int64 // when a loss was last written to the log, likewise
}

// repeatLog is how often a loss that lasts is written to the log.
const repeatLog = 30 * time.Second

// heard notes that etcd confirmed everything up to a revision as delivered.
func (s *Store) heard(revision int64) {
	s.state.heardAt.Store(max(1, int64(s.up())))
	if !s.state.connected.Swap(true) {
		s.log.Info().Int64("revision", revision).Msg("etcd is followed")
	}
	s.state.revision.Store(revision)
}

// lost notes that Follow cannot go on as it did. It reports whether it had
// been well until now.
func (s *Store) lost(err error) bool {
	wasWell := s.state.connected.Swap(false)
	now := int64(s.up())
	if wasWell {
		s.state.losses.Add(1)
	}
	if at := s.state.loggedAt.Load(); wasWell || at == 0 || now-at > int64(repeatLog) {
		s.state.loggedAt.Store(max(1, now))
		s.log.Warn().Err(err).Msg("etcd is not followed; what is published stays; trying again")
	}
	return wasWell
}

// age is how long ago etcd last confirmed that everything is delivered; a
// negative value: never yet.
func (s *Store) age() time.Duration {
	at := s.state.heardAt.Load()
	if at == 0 {
		return -1
	}
	return s.up() - time.Duration(at)
}

// Collectors are the package's metrics, for one registry.
func (s *Store) Collectors() []prometheus.Collector {
	gauge := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "skydns_etcd_" + name, Help: help}, value)
	}
	counter := func(name, help string, n *atomic.Int64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "skydns_etcd_" + name, Help: help},
			func() float64 { return float64(n.Load()) })
	}
	return []prometheus.Collector{
		gauge("age_seconds", "Time since etcd last confirmed that every change is delivered; -1: never.", func() float64 {
			return max(-1, s.age().Seconds())
		}),
		gauge("revision", "The etcd revision up to which changes are delivered.", func() float64 {
			return float64(s.state.revision.Load())
		}),
		gauge("lag_revisions", "Revisions that etcd was ahead of what it delivered last, those of other keys included.", func() float64 {
			return float64(s.state.lag.Load())
		}),
		gauge("connected", "1 while etcd is followed.", func() float64 {
			if s.state.connected.Load() {
				return 1
			}
			return 0
		}),
		counter("lists_total", "Complete lists read from etcd.", &s.state.lists),
		counter("losses_total", "Connections to etcd and watches that were lost.", &s.state.losses),
	}
}
