package main

import (
	"time"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/configs"
	"github.com/ipdcode/skydns/dataplane/exception"
	"github.com/ipdcode/skydns/dataplane/netio"
)

// coresPerTCP is how many poll loops there are to one queue of TCP. Clients
// come by TCP for what UDP has no room for: a small part of all queries.
const coresPerTCP = 8

// keepalive is how long an idle TCP connection lives, as clients that ask are
// told (RFC 7828), in units of 100 ms.
var keepalive = uint16(exception.DefaultTCP().IdleTimeout / (100 * time.Millisecond))

// openTCP opens the queues of DNS over TCP beside so many poll loops. With the
// socket driver they listen at dns-addr, else at the addresses of the port,
// which may become the kernel's later.
func openTCP(c *configs.Config, log zerolog.Logger, cores int) ([]netio.Queue, error) {
	config := exception.DefaultTCP()
	config.Log = log
	if c.Dataplane.Driver == "socket" {
		config.Addresses = c.Dns.Addr
	} else {
		config.Absent = true
		config.Acknowledged = c.Dataplane.Exception == "tap" || c.Dataplane.Exception == "virtio-user"
		config.Addresses = portAddresses(c)
	}
	opened, err := exception.NewTCPQueues(config, (cores+coresPerTCP-1)/coresPerTCP)
	queues := make([]netio.Queue, len(opened))
	for i, q := range opened {
		queues[i] = q
	}
	return queues, err
}
