package main

import (
	"bufio"
	"net/http"
	"strconv"
	"strings"

	"github.com/ipdcode/skydns/bench/internal/node"
	"github.com/ipdcode/skydns/bench/internal/process"
)

// visible is the histogram of how soon changes are in the snapshot.
const visible = "skydns_publish_visible_seconds"

// metrics are what control tells, and what the kernel tells of it.
type metrics struct {
	values map[string]float64 // by what stands before the value
	cores  coreTime
}

func metricsOf(n *node.Node, control *process.Process) (m metrics, err error) {
	if m.cores, err = coreTimeOf(control.Pid()); err != nil {
		return m, err
	}
	resp, err := http.Get("http://" + n.API + "/metrics")
	if err != nil {
		return m, err
	}
	defer resp.Body.Close()
	m.values = map[string]float64{}
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), " "); ok {
			m.values[name], _ = strconv.ParseFloat(value, 64)
		}
	}
	return m, nil
}

// since is what came to what counts since before.
func (m metrics) since(before metrics) metrics {
	d := metrics{values: map[string]float64{}, cores: coreTime{m.cores.worked - before.cores.worked, m.cores.waited - before.cores.waited}}
	for name, value := range m.values {
		d.values[name] = value - before.values[name]
	}
	return d
}

// quantile is the least bound of the histogram, in µs, within which that share
// of the changes was seen; infinite if none is.
func (m metrics) quantile(share float64) float64 {
	best := 0.0
	for line, count := range m.values {
		text, ok := strings.CutPrefix(line, visible+`_bucket{le="`)
		bound, err := strconv.ParseFloat(strings.TrimSuffix(text, `"}`), 64)
		if !ok || err != nil || count < share*m.values[visible+"_count"] {
			continue
		}
		if best == 0 || bound < best {
			best = bound
		}
	}
	return best * 1e6
}
