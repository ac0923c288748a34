package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rs/zerolog"
)

// TestGiveQueues verifies that an AF_XDP device gets a queue for each core
// unless it says how many, and that channels that no core has are named.
func TestGiveQueues(t *testing.T) {
	interfaces := fstest.MapFS{}
	for _, channel := range []string{"rx-0", "rx-1", "rx-2", "rx-3", "tx-0"} {
		interfaces["eth1/queues/"+channel+"/rps_cpus"] = &fstest.MapFile{}
	}
	const device = "--vdev=net_af_xdp0,iface=eth1"
	for _, c := range []struct {
		name      string
		cores     int
		eal, want []string
		warned    bool
	}{
		{"no AF_XDP", 2, []string{"-a", "0000:03:00.0"}, []string{"-a", "0000:03:00.0"}, false},
		{"a channel for each core", 4, []string{"--no-pci", device}, []string{"--no-pci", device + ",queue_count=4"}, false},
		{"more channels than cores", 2, []string{device}, []string{device + ",queue_count=2"}, true},
		{"one core", 1, []string{device}, []string{device}, true},
		{"said", 4, []string{device + ",queue_count=4"}, []string{device + ",queue_count=4"}, false},
		{"an interface that is not there", 1, []string{"net_af_xdp0,iface=eth2"}, []string{"net_af_xdp0,iface=eth2"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log bytes.Buffer
			got := giveQueues(c.eal, c.cores, interfaces, zerolog.New(&log))
			if !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
			if strings.Contains(log.String(), "ethtool -L eth1 combined") != c.warned {
				t.Errorf("log: %s", &log)
			}
		})
	}
}
