package api

import "github.com/prometheus/client_golang/prometheus"

// counters are the interface's own.
type counters struct {
	requests *prometheus.CounterVec   // by method and code
	seconds  *prometheus.HistogramVec // by method
	retries  prometheus.Counter
}

// certificateFailures counts for all listeners: a process has one.
var certificateFailures = prometheus.NewCounter(prometheus.CounterOpts{
	Name: "skydns_api_certificate_failures_total", Help: "Changed certificate files of the REST interface that could not be read.",
})

func newCounters() *counters {
	return &counters{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "skydns_api_requests_total", Help: "Requests of the REST interface, by method and status code.",
		}, []string{"method", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "skydns_api_request_seconds", Help: "Time that requests of the REST interface took, by method.",
			Buckets: prometheus.ExponentialBuckets(0.001, 4, 8), // 1 ms to 16 s
		}, []string{"method"}),
		retries: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "skydns_api_retries_total", Help: "Changes worked out again, because others changed the same records meanwhile.",
		}),
	}
}

func (c *counters) register(r *prometheus.Registry) error {
	for _, collector := range []prometheus.Collector{c.requests, c.seconds, c.retries, certificateFailures} {
		if err := r.Register(collector); err != nil {
			return err
		}
	}
	return nil
}
