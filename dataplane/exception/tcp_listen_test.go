package exception_test

import (
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

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

// TestFullOfAnotherQueues verifies that a queue without a connection gets a
// place for one where the other queue's idle ones take them all.
func TestFullOfAnotherQueues(t *testing.T) {
	s := start(t, 2, func(c *exception.TCPConfig) { c.MaxConnections = 2 })
	busy := func(q *exception.TCPQueue) int { return int(q.Counters().Open()) }
	var clients []client
	for len(clients) < 2 { // until both are at one queue
		c := s.dial()
		m := query(1, 12, 12)
		c.send(framed(m))
		c.expect(m)
		clients = append(clients, c)
		if busy(s.queues[0]) == 1 && busy(s.queues[1]) == 1 {
			clients[1].Close()
			eventually(t, "one connection is open", func() bool { return busy(s.queues[0])+busy(s.queues[1]) == 1 })
			clients = clients[:1]
		}
	}
	eventually(t, "a connection at the other queue", func() bool {
		conn, err := net.Dial("tcp", s.addr.String())
		if err != nil {
			return false
		}
		t.Cleanup(func() { conn.Close() })
		return busy(s.queues[0]) > 0 && busy(s.queues[1]) > 0
	})
}

// TestOutOfFiles verifies that a queue that has no file descriptor for a
// connection takes it once there is one.
func TestOutOfFiles(t *testing.T) {
	s := start(t, 1, nil)
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: uint64(fd) + 1, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	var taken []int
	release := func() {
		unix.Setrlimit(unix.RLIMIT_NOFILE, &before)
		for _, fd := range taken {
			unix.Close(fd)
		}
		taken = nil
	}
	defer release()
	for {
		other, err := unix.Dup(fd)
		if err != nil {
			break
		}
		taken = append(taken, other)
	}
	if err := unix.Connect(fd, &unix.SockaddrInet4{Port: int(s.addr.Port()), Addr: s.addr.Addr().As4()}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the queue has no file descriptor", func() bool { return s.queues[0].Counters().Ended(exception.NoResources) > 0 })
	release()
	file := os.NewFile(uintptr(fd), "client")
	defer file.Close()
	conn, err := net.FileConn(file)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	c, m := client{t, conn.(*net.TCPConn)}, query(1, 12, 12)
	c.send(framed(m))
	c.expect(m)
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
