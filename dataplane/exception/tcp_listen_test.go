package exception_test

import (
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/ipdcode/skydns/dataplane/exception"
)

// TestFull verifies that the oldest idle connection gives way to a new one, and
// that one client does not get all.
func TestFull(t *testing.T) {
	s := start(t, 1, func(c *exception.TCPConfig) { c.MaxConnections = 3 })
	ask := func(c client) {
		t.Helper()
		m := query(1, 12, 12)
		c.send(framed(m))
		c.expect(m)
	}
	var clients []client
	for range 3 {
		clients = append(clients, s.dial())
		ask(clients[len(clients)-1])
	}
	ask(clients[0]) // so that the second has been idle longest
	ask(s.dial())
	clients[1].expectEnd()
	ask(clients[0])
	ask(clients[2])
	s.endedBy(exception.Evicted)
}

// TestPerClient verifies that one address gets so many connections and no more.
func TestPerClient(t *testing.T) {
	s := start(t, 1, func(c *exception.TCPConfig) { c.MaxPerClient = 2 })
	for range 2 {
		c, m := s.dial(), query(1, 12, 12)
		c.send(framed(m))
		c.expect(m)
	}
	if conn, err := net.Dial("tcp", s.addr.String()); err == nil { // unless it was reset already
		conn.SetDeadline(time.Now().Add(patience))
		client{t, conn.(*net.TCPConn)}.expectEnd()
		conn.Close()
	}
	s.endedBy(exception.PerClient)
	from := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	conn, err := from.Dial("tcp", s.addr.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	c, m := client{t, conn.(*net.TCPConn)}, query(2, 12, 12)
	c.send(framed(m))
	c.expect(m)
}

// TestAbsent verifies that an address that is not there yet, or is another's,
// fails with what to do, or is tried again.
func TestAbsent(t *testing.T) {
	c := exception.DefaultTCP()
	c.Addresses = []netip.AddrPort{netip.MustParseAddrPort("192.0.2.1:5353")}
	if _, err := exception.NewTCPQueues(c, 1); err == nil || !strings.Contains(err.Error(), "192.0.2.1:5353 (TCP): this machine has no such address") {
		t.Errorf("error %v, want one that names the address", err)
	}
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	s := start(t, 1, func(c *exception.TCPConfig) {
		c.Absent = true
		c.Addresses = []netip.AddrPort{other.Addr().(*net.TCPAddr).AddrPort(), netip.MustParseAddrPort("192.0.2.1:5353")}
	})
	other.Close()
	eventually(t, "the address is listened on", func() bool {
		conn, err := net.Dial("tcp", s.addr.String())
		if err != nil {
			return false
		}
		conn.Close()
		return true
	})
}
