package main

import (
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"slices"
	"strings"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/cgo/steer"
	"github.com/ipdcode/skydns/configs"
	"github.com/ipdcode/skydns/dataplane/netio"
)

// steerQueries is the arguments for EAL with which its AF_XDP devices get
// nothing but queries to these addresses: the interface stays the kernel's.
// remove removes what DPDK reads at its start.
func steerQueries(eal []string, addrs []netip.Addr, port uint16) (args []string, remove func(), err error) {
	program, err := steer.Write(addrs, port)
	if err != nil {
		return nil, nil, err
	}
	for _, a := range eal {
		if isAFXDP(a) {
			a += ",xdp_prog=" + program
		}
		args = append(args, a)
	}
	return args, func() { os.Remove(program) }, nil
}

// openLeftovers opens a queue of the kernel's sockets for the queries that the
// XDP program or the flow rules leave to the kernel: with options or extension
// headers, with a VLAN tag that an interface takes off, in fragments, and those
// that arrive at a channel of the interface that no core has. Without it they
// would be refused.
func openLeftovers(c *configs.Config, log zerolog.Logger) []netio.Queue {
	if c.Dataplane.Driver != "dpdk" || c.Dataplane.Exception != "kernel" {
		return nil
	}
	q, err := netio.NewWaitingSocketQueue(portAddresses(c))
	if err != nil {
		log.Warn().Err(err).Msg("queries that are left to the kernel, as those in fragments, are not answered")
		return nil
	}
	return []netio.Queue{q}
}

// portAddresses is where a DPDK port is asked.
func portAddresses(c *configs.Config) []netip.AddrPort {
	var all []netip.AddrPort
	for _, p := range c.Dataplane.Addresses {
		all = append(all, netip.AddrPortFrom(p.Addr(), c.Dns.Addr[0].Port()))
	}
	return all
}

// giveQueues is the arguments for EAL with which AF_XDP devices have a queue
// for each of so many cores, where they do not say how many. What arrives at
// other channels of the interface no core sees: that is said in the log.
func giveQueues(eal []string, cores int, interfaces fs.FS, log zerolog.Logger) []string {
	args := slices.Clone(eal)
	for i, a := range args {
		if !isAFXDP(a) {
			continue
		}
		options := map[string]string{}
		for option := range strings.SplitSeq(a, ",") {
			key, value, _ := strings.Cut(option, "=")
			options[key] = value
		}
		if options["queue_count"] == "" && cores > 1 {
			args[i] += fmt.Sprintf(",queue_count=%d", cores)
		}
		channels, _ := fs.Glob(interfaces, options["iface"]+"/queues/rx-*")
		if len(channels) > cores {
			log.Warn().Str("interface", options["iface"]).Int("channels", len(channels)).Int("cores", cores).
				Msgf("the interface has channels that no core serves, and what arrives there is lost, or with exception = \"kernel\" left to the kernel's sockets: ethtool -L %s combined %d, or name more cores", options["iface"], cores)
		}
	}
	return args
}

// isAFXDP reports whether an argument for EAL makes an AF_XDP device.
func isAFXDP(arg string) bool {
	return strings.HasPrefix(strings.TrimPrefix(arg, "--vdev="), "net_af_xdp")
}
