package main

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/cgo/dpdk"
	"github.com/ipdcode/skydns/configs"
	"github.com/ipdcode/skydns/dataplane/exception"
	"github.com/ipdcode/skydns/dataplane/netio"
)

// openDPDK starts DPDK, whose own threads are to be on others, and opens a
// queue of its port for each core. The port answers at addresses, on the port
// number of dns-addr. It opens the exception port beside them.
func openDPDK(c *configs.Config, log zerolog.Logger, cores, others []int) (d driver, err error) {
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
	eal := giveQueues(giveLcore(c.Dataplane.EAL, others[0]), len(cores), os.DirFS("/sys/class/net"), log)
	shared := c.Dataplane.Exception == "kernel"
	if shared && slices.ContainsFunc(eal, isAFXDP) {
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
		Port: c.Dataplane.Port, Queues: len(cores), Cores: cores, Addresses: addrs, UDPPort: udpPort, Log: log,
		Sleep: c.Dataplane.Idle == "sleep", Shared: shared,
	}
	if e := c.Dataplane.Exception; e == "tap" || e == "virtio-user" {
		config.Exceptions = netio.NewExceptions(len(cores))
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

// giveLcore is the arguments for EAL with one lcore, on that core, where they
// name none. It would make one of each CPU, and where these are as many as it
// has lcores, poll loops would have none, and no cache of frames with it.
func giveLcore(eal []string, core int) []string {
	for _, a := range eal {
		for _, names := range []string{"-l", "-c", "--lcores", "--main-lcore"} {
			if a == names || strings.HasPrefix(a, names+"=") || len(names) == 2 && strings.HasPrefix(a, names) {
				return eal
			}
		}
	}
	return append(slices.Clone(eal), "--lcores", fmt.Sprintf("0@%d", core))
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
