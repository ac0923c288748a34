package stats

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/ipdcode/skydns/dataplane/exception"
)

// The metrics of TCP connections, of all queues together.
var (
	acceptedDesc = prometheus.NewDesc("skydns_dataplane_tcp_accepted_total",
		"TCP connections that clients were given.", nil, nil)
	openDesc = prometheus.NewDesc("skydns_dataplane_tcp_connections",
		"TCP connections that are open.", nil, nil)
	endedDesc = prometheus.NewDesc("skydns_dataplane_tcp_ended_total",
		"TCP connections that ended, or were refused (full, client-limit, no-resources), by reason.", []string{"reason"}, nil)
)

// collectTCP reads the counters of connections.
func (c *collector) collectTCP(ch chan<- prometheus.Metric) {
	var accepted uint64
	var open int64
	var ended [exception.NumEnds]uint64
	for _, s := range c.sources {
		if s.TCP == nil {
			continue
		}
		accepted += s.TCP.Accepted()
		open += s.TCP.Open()
		for why := range ended {
			ended[why] += s.TCP.Ended(exception.End(why))
		}
	}
	ch <- prometheus.MustNewConstMetric(acceptedDesc, prometheus.CounterValue, float64(accepted))
	ch <- prometheus.MustNewConstMetric(openDesc, prometheus.GaugeValue, float64(open))
	for why, n := range ended {
		ch <- prometheus.MustNewConstMetric(endedDesc, prometheus.CounterValue, float64(n), exception.End(why).String())
	}
}
