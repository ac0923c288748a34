package main

import (
	"fmt"
	"net/netip"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/cgo/dpdk"
	"github.com/ipdcode/skydns/configs"
	"github.com/ipdcode/skydns/dataplane/netio"
)

// openDPDK starts DPDK and opens n queues of its port, which answers at
// addresses, on the port number of dns-addr.
func openDPDK(c *configs.Config, log zerolog.Logger, n int) ([]netio.Queue, error) {
	said, err := dpdk.Init(c.Dataplane.EAL)
	for _, line := range said {
		log.Info().Str("eal", line).Msg("DPDK says")
	}
	if err != nil {
		return nil, err
	}
	udpPort := c.Dns.Addr[0].Port()
	for _, a := range c.Dns.Addr {
		if a.Port() != udpPort {
			return nil, fmt.Errorf("dns-addr in [Dns] has the ports %d and %d: the dpdk driver answers on one port", udpPort, a.Port())
		}
	}
	addrs := make([]netip.Addr, len(c.Dataplane.Addresses))
	for i, p := range c.Dataplane.Addresses {
		addrs[i] = p.Addr()
	}
	return netio.OpenDPDK(netio.DPDKConfig{
		Port: c.Dataplane.Port, Queues: n, Addresses: addrs, UDPPort: udpPort, Log: log,
	})
}
