package main

import (
	"errors"
	"fmt"
	"net/netip"
	"os"

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
	eal := giveQueues(c.Dataplane.EAL, n, os.DirFS("/sys/class/net"), log)
	if c.Dataplane.Exception == "kernel" {
		args, remove, err := steerQueries(eal, addrs, udpPort)
		if err != nil {
			return d, err
		}
		defer remove()
		eal = args
	}
	if err := startEAL(eal, log); err != nil {
		return d, err
	}
	config := netio.DPDKConfig{
		Port: c.Dataplane.Port, Queues: n, Addresses: addrs, UDPPort: udpPort, Log: log,
		Sleep: c.Dataplane.Idle == "sleep",
	}
	if e := c.Dataplane.Exception; e == "tap" || e == "virtio-user" {
		config.Exceptions = netio.NewExceptions(n)
	}
	if d.queues, err = netio.OpenDPDK(config); err != nil {
		return d, err
	}
	d.exceptions = config.Exceptions
	if d.end, err = openExceptions(c, log, d.exceptions); err != nil {
		return d, errors.Join(err, abandon(d.queues))
	}
	return d, nil
}

// startEAL starts DPDK, and says in the log what DPDK says.
func startEAL(args []string, log zerolog.Logger) error {
	said, err := dpdk.Init(args)
	for _, line := range said {
		log.Info().Str("eal", line).Msg("DPDK says")
	}
	return err
}

// openExceptions opens the exception port that the configuration names.
func openExceptions(c *configs.Config, log zerolog.Logger, rings *netio.Exceptions) (end func(), err error) {
	if c.Dataplane.Exception == "kernel" {
		return func() {}, nil
	}
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
