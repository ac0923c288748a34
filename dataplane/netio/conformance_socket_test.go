package netio_test

import (
	"bytes"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/ipdcode/skydns/dataplane/netio"
)

func startSocket(t *testing.T, queries [][]byte) (netio.Queue, func(int) [][]byte) {
	addr := freeAddr(t, "127.0.0.1")
	return startSockets(t, queries, addr, addr)
}

func startSocketWildcard(t *testing.T, queries [][]byte) (netio.Queue, func(int) [][]byte) {
	addr := freeAddr(t, "0.0.0.0")
	return startSockets(t, queries, netip.AddrPortFrom(netip.MustParseAddr("127.0.0.9"), addr.Port()), addr)
}

func startSocketTwo(t *testing.T, queries [][]byte) (netio.Queue, func(int) [][]byte) {
	addr := freeAddr(t, "127.0.0.1")
	return startSockets(t, queries, addr, freeAddr(t, "127.0.0.2"), addr)
}

// startSockets opens a queue that listens on the addresses, and one client
// that sends the queries to one of them.
func startSockets(t *testing.T, queries [][]byte, ask netip.AddrPort, listen ...netip.AddrPort) (netio.Queue, func(int) [][]byte) {
	t.Helper()
	q, err := netio.NewSocketQueue(listen)
	if err != nil {
		t.Fatal(err)
	}
	c := dial(t, ask)
	for _, m := range queries {
		if _, err := c.Write(m); err != nil {
			t.Fatalf("send a query: %v", err)
		}
	}
	return q, func(n int) [][]byte {
		t.Helper()
		got := make([][]byte, n)
		for i := range got {
			got[i] = receive(t, c)
		}
		return got
	}
}

// dial makes a connected client: the kernel gives it replies from ask alone.
func dial(t *testing.T, ask netip.AddrPort) *net.UDPConn {
	t.Helper()
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(ask))
	if err != nil {
		t.Fatalf("client: %v", err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetReadBuffer(8 << 20); err != nil {
		t.Fatalf("client's buffer: %v", err)
	}
	return c
}

func receive(t *testing.T, c *net.UDPConn) []byte {
	t.Helper()
	if err := c.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 1<<16)
	n, err := c.Read(buf)
	if err != nil {
		t.Fatalf("no reply: %v", err)
	}
	return bytes.Clone(buf[:n])
}

// freeAddr is host with a port that was free a moment ago.
func freeAddr(t *testing.T, host string) netip.AddrPort {
	t.Helper()
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(host), 0)))
	if err != nil {
		t.Fatalf("find a free port: %v", err)
	}
	defer c.Close()
	port := c.LocalAddr().(*net.UDPAddr).AddrPort().Port()
	return netip.AddrPortFrom(netip.MustParseAddr(host), port)
}
