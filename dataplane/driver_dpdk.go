package main

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/cgo/dpdk"
	"github.com/ipdcode/skydns/configs"
	"github.com/ipdcode/skydns/dataplane/exception"
	"github.com/ipdcode/skydns/dataplane/netio"
)

// openDPDK starts DPDK and opens n queues of its port, which answers at
// addresses, on the port number of dns-addr, and the exception port beside
// them.
func openDPDK(c *configs.Config, log zerolog.Logger, n int) (d driver, err error) {
	said, err := dpdk.Init(c.Dataplane.EAL)
	for _, line := range said {
		log.Info().Str("eal", line).Msg("DPDK says")
	}
	if err != nil {
		return d, err
	}
	udpPort := c.Dns.Addr[0].Port()
	for _, a := range c.Dns.Addr {
		if a.Port() != udpPort {
			return d, fmt.Errorf("dns-addr in [Dns] has the ports %d and %d: the dpdk driver answers on one port", udpPort, a.Port())
		}
	}
	addrs := make([]netip.Addr, len(c.Dataplane.Addresses))
	for i, p := range c.Dataplane.Addresses {
		addrs[i] = p.Addr()
	}
	config := netio.DPDKConfig{
		Port: c.Dataplane.Port, Queues: n, Addresses: addrs, UDPPort: udpPort, Log: log,
		Sleep: c.Dataplane.Idle == "sleep",
	}
	if c.Dataplane.Exception != "none" {
		config.Exceptions = netio.NewExceptions(n)
	}
	if d.queues, err = netio.OpenDPDK(config); err != nil {
		return d, err
	}
	d.exceptions = config.Exceptions
	if d.end, err = openExceptions(c, log, d.exceptions); err != nil {
		return d, errors.Join(err, closeAll(d.queues))
	}
	return d, nil
}

// openExceptions opens the exception port that the configuration names.
func openExceptions(c *configs.Config, log zerolog.Logger, rings *netio.Exceptions) (end func(), err error) {
	if rings == nil {
		log.Warn().Msg("no exception port: neither ARP nor ping nor TCP is answered, clients need a static neighbour entry: set exception in [Dataplane]")
		return func() {}, nil
	}
	open := exception.OpenTAP
	if c.Dataplane.Exception == "virtio-user" {
		open = exception.OpenVirtio
	}
	port, err := open(exception.Interface{
		Name: c.Dataplane.Interface, MAC: rings.MAC, MTU: rings.MTU, Addresses: c.Dataplane.Addresses,
	}, rings, log)
	if err != nil {
		return nil, err
	}
	log.Info().Str("interface", c.Dataplane.Interface).Str("by", c.Dataplane.Exception).Msg("exception port started")
	return func() {
		if err := port.Close(); err != nil {
			log.Error().Err(err).Msg("close the exception port")
		}
	}, nil
}
