package netio

import (
	"net/netip"

	"github.com/rs/zerolog"
)

// DPDKConfig is a DPDK port and what is asked of it.
type DPDKConfig struct {
	Port      string         // DPDK's name or number of it; empty: the first
	Queues    int            // pairs of a receive and a transmit queue: one for each core
	Cores     []int          // on which they are served, in this order; may be empty
	Addresses []netip.Addr   // ours on that port, IPv4 and IPv6
	UDPPort   uint16         // that queries come to
	Buffers   int            // frames in the pool of each pair of queues; 0: defaultBuffers
	Log       zerolog.Logger // says what the port is

	Exceptions *Exceptions // who gets the frames that are not queries to us; nil: nobody
	Sleep      bool        // whether a queue without work may sleep, up to longestSleep

	// Shared: the port gets nothing but queries, and the rest is the kernel's.
	// AF_XDP does that by its own program, another device by flow rules.
	Shared bool
}
