package stats

import "github.com/prometheus/client_golang/prometheus"

// The metrics of the exception port. Frames that were too many for it on their
// way to the kernel are drops of their queue, with the reason exception.
var (
	carriedDesc = prometheus.NewDesc("skydns_dataplane_exceptions_total",
		"Frames that the exception port carried, by direction.", []string{"direction"}, nil)
	surplusDesc = prometheus.NewDesc("skydns_dataplane_exceptions_lost_total",
		"Frames from the kernel that found the exception port full.", nil, nil)
)

// collectExceptions tells what the exception port carried, if there is one.
func (c *collector) collectExceptions(ch chan<- prometheus.Metric) {
	if c.exceptions == nil {
		return
	}
	counter := func(d *prometheus.Desc, n uint64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), labels...)
	}
	var to uint64
	for _, ring := range c.exceptions.ToKernel {
		n, _ := ring.Carried()
		to += n
	}
	from, lost := c.exceptions.FromKernel.Carried()
	counter(carriedDesc, to, "to-kernel")
	counter(carriedDesc, from, "from-kernel")
	counter(surplusDesc, lost)
}
