package main

import (
	"fmt"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/configs"
	"github.com/ipdcode/skydns/dataplane/netio"
)

// openQueues opens n queues of the driver that the configuration names, and
// what is beside them until they have ended: end ends that.
func openQueues(c *configs.Config, log zerolog.Logger, n int) (queues []netio.Queue, end func(), err error) {
	switch c.Dataplane.Driver {
	case "socket":
		queues, err = openSockets(c, n)
		return queues, func() {}, err
	case "dpdk":
		return openDPDK(c, log, n)
	}
	return nil, nil, fmt.Errorf("no such driver: %q", c.Dataplane.Driver)
}

// openSockets opens n queues, each of which listens on all of dns-addr.
func openSockets(c *configs.Config, n int) ([]netio.Queue, error) {
	queues := make([]netio.Queue, n)
	for i := range queues {
		q, err := netio.NewSocketQueue(c.Dns.Addr)
		if err != nil {
			return nil, err
		}
		queues[i] = q
	}
	return queues, nil
}
