package main

import (
	"errors"
	"fmt"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/configs"
	"github.com/ipdcode/skydns/dataplane/netio"
)

// driver is what openDriver opened.
type driver struct {
	queues     []netio.Queue
	exceptions *netio.Exceptions // what the exception port carries; nil without one
	end        func()            // ends what is beside the queues, once these have ended
}

// openDriver opens a queue for each of the cores, of the driver that the
// configuration names, and what is beside them. What is not a poll loop's has
// its place on usable.
func openDriver(c *configs.Config, log zerolog.Logger, cores, usable []int) (driver, error) {
	switch c.Dataplane.Driver {
	case "socket":
		queues, err := openSockets(c, len(cores))
		return driver{queues: queues, end: func() {}}, err
	case "dpdk":
		return openDPDK(c, log, cores, besides(cores, usable))
	}
	return driver{}, fmt.Errorf("no such driver: %q", c.Dataplane.Driver)
}

// openSockets opens n queues, each of which listens on all of dns-addr.
func openSockets(c *configs.Config, n int) ([]netio.Queue, error) {
	queues := make([]netio.Queue, n)
	for i := range queues {
		q, err := netio.NewSocketQueue(c.Dns.Addr)
		if err != nil {
			return nil, errors.Join(err, abandon(queues[:i]))
		}
		queues[i] = q
	}
	return queues, nil
}
