package exception

import (
	"net/netip"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sys/unix"
)

// TCPConfig says where TCP queues listen, and what a client may take.
// DefaultTCP has the limits.
type TCPConfig struct {
	Addresses []netip.AddrPort

	// Absent lets addresses be absent, or not to be had, and tries again: those
	// of a DPDK port are the kernel's only once its exception port is up.
	Absent bool

	// Acknowledged makes the queue wait at its end, within drainTime, until
	// clients have acknowledged all that they were sent, and that it was the end:
	// for a network that ends with the process.
	Acknowledged bool

	IdleTimeout  time.Duration // for the next query to begin, and for it to be there whole
	WriteTimeout time.Duration // for a client to take the replies that wait for it
	LingerTime   time.Duration // for a client to see that we end the connection

	MaxConnections int   // of all queues together
	MaxPerClient   int   // of an IPv4 address or an IPv6 /64
	MaxQueries     int   // of a connection, which is then ended
	MaxHeld        int64 // octets that one queue holds for clients that send or read slowly

	Log zerolog.Logger
}

// DefaultTCP is the limits of RFC 7766 section 6.2 and RFC 9210 section 4 for a
// server with many clients that come for one query: none of them needs to be
// configured, because the oldest idle connection gives way.
func DefaultTCP() TCPConfig {
	return TCPConfig{
		IdleTimeout:    10 * time.Second,
		WriteTimeout:   10 * time.Second,
		LingerTime:     2 * time.Second,
		MaxConnections: min(8192, fileLimit()/2),
		MaxPerClient:   1024,
		MaxQueries:     1 << 20,
		MaxHeld:        32 << 20,
		Log:            zerolog.Nop(),
	}
}

// fileLimit is how many files this process may open.
func fileLimit() int {
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) != nil {
		return 1024
	}
	return int(min(limit.Cur, 1<<20))
}
