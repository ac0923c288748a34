package lab

import (
	"fmt"
	"net"
	"os"
	"sync/atomic"
	"testing"
)

// Ports are taken from below the range out of which the kernel gives ports to
// connections, one after the other: none is given twice, and what a program
// connects to does not take it meanwhile.
const (
	firstPort = 12000
	portCount = 18000
)

var portsGiven atomic.Int64

// FreePort returns an address on the loopback interface whose port is free
// for UDP and TCP, and which this process has not returned before. Nothing
// reserves it against other processes: the caller uses it soon.
func FreePort(tb testing.TB) string {
	tb.Helper()
	for range 1000 {
		n := int64(os.Getpid())*97 + portsGiven.Add(1)
		addr := fmt.Sprintf("127.0.0.1:%d", firstPort+n%portCount)
		if IsFree(addr) {
			return addr
		}
	}
	tb.Fatal("lab: no port that is free for UDP and TCP")
	return ""
}

// IsFree says whether nobody has an address' port, for UDP and TCP, and this
// process may take it.
func IsFree(addr string) bool {
	tcp, err := net.Listen("tcp", addr)
	if err != nil {
		return false
	}
	defer tcp.Close()
	udp, err := net.ListenPacket("udp", addr)
	if err != nil {
		return false
	}
	return udp.Close() == nil
}
