//go:build dpdk

package netio

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/cgo/dpdk"
)

// TestWarnOfNode verifies that cores on another NUMA node than the port are
// named, and that what is not known is not guessed.
func TestWarnOfNode(t *testing.T) {
	cpus := fstest.MapFS{"cpu0/node0/x": {}, "cpu1/node0/x": {}, "cpu2/node1/x": {}, "cpu3/cache/x": {}}
	for _, c := range []struct{ node, warnings int }{{0, 1}, {1, 2}, {-1, 0}} {
		var log bytes.Buffer
		warnOfNode(DPDKConfig{Cores: []int{0, 1, 2, 3}, Log: zerolog.New(&log)}, dpdk.Info{Node: c.node}, cpus)
		if got := strings.Count(log.String(), "NUMA"); got != c.warnings {
			t.Errorf("port on node %d: %d warnings, want %d: %s", c.node, got, c.warnings, &log)
		}
	}
}

// TestWarnOfSpread verifies that nothing is said of a device whose queues the
// kernel's driver feeds, and that else it is.
func TestWarnOfSpread(t *testing.T) {
	for driver, warned := range map[string]bool{"net_af_xdp": false, "net_null": true} {
		var log bytes.Buffer
		warnOfSpread(DPDKConfig{Queues: 2, Log: zerolog.New(&log)}, dpdk.Info{Driver: driver}, dpdk.Started{})
		if got := strings.Contains(log.String(), "does not spread"); got != warned {
			t.Errorf("%s: warned %v, want %v: %s", driver, got, warned, &log)
		}
	}
}
