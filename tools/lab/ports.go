package lab

import (
	"net"
	"testing"
)

// FreePort returns an address on the loopback interface whose port is free
// for UDP and TCP. Nothing reserves it: the caller uses it soon.
func FreePort(tb testing.TB) string {
	tb.Helper()
	for range 100 {
		tcp, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			tb.Fatalf("lab: %v", err)
		}
		addr := tcp.Addr().String()
		udp, err := net.ListenPacket("udp", addr)
		tcp.Close()
		if err == nil {
			udp.Close()
			return addr
		}
	}
	tb.Fatal("lab: no port that is free for UDP and TCP")
	return ""
}
