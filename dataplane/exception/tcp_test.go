package exception_test

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/exception"
)

// TestMessages verifies that queries of all sizes are answered, however their
// octets are cut up, one by one or pipelined.
func TestMessages(t *testing.T) {
	tests := []struct {
		name      string
		queries   int
		size      int
		replySize int
		piece     int // octets that are written at once
	}{
		{"one query", 1, 12, 12, 1 << 20},
		{"octet by octet", 3, 30, 100, 1},
		{"pipelined", 1000, 40, 300, 1 << 20},
		{"pipelined, cut up", 300, 40, 300, 1009},
		{"largest query", 2, 65535, 65535, 1 << 20},
		{"largest query, cut up", 2, 65535, 12, 5003},
		{"largest replies", 200, 50, 65535, 1 << 20},
	}
	s := start(t, 2, nil)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := s.dial()
			var all [][]byte
			for i := range tt.queries {
				all = append(all, query(i, tt.size, tt.replySize))
			}
			go func() {
				for data := framed(all...); len(data) > 0; {
					n := min(tt.piece, len(data))
					c.Write(data[:n])
					data = data[n:]
				}
			}()
			for _, m := range all {
				c.expect(m)
			}
		})
	}
}

// TestHalfClose verifies that a client that sends no more gets all replies,
// and then the end of the connection.
func TestHalfClose(t *testing.T) {
	s := start(t, 1, nil)
	c := s.dial()
	var all [][]byte
	for i := range 150 {
		all = append(all, query(i, 20, 40000))
	}
	c.send(framed(all...))
	c.CloseWrite()
	for _, m := range all {
		c.expect(m)
	}
	c.expectEnd()
	s.endedBy(exception.ByClient)
}

// TestShortMessage verifies that a length that no message has ends the
// connection, after the replies to what came before it.
func TestShortMessage(t *testing.T) {
	for name, bad := range map[string][]byte{
		"length 0":               {0, 0},
		"length 11":              append([]byte{0, 11}, make([]byte, 11)...),
		"length 0, and a query":  append([]byte{0, 0}, framed(query(9, 12, 12))...),
		"short, and not arrived": {0, 5},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, 1, nil)
			c := s.dial()
			m := query(1, 20, 30)
			c.send(append(framed(m), bad...))
			c.expect(m)
			c.expectEnd()
			c.Close()
			s.endedBy(exception.ShortMessage)
		})
	}
}

// TestEnds verifies what ends a connection, and that it is counted.
func TestEnds(t *testing.T) {
	short := 50 * time.Millisecond
	tests := []struct {
		name   string
		change func(c *exception.TCPConfig)
		client func(c client)
		want   exception.End
	}{
		{"no query at all", func(c *exception.TCPConfig) { c.IdleTimeout = short },
			func(c client) { c.expectEnd() }, exception.Idle},
		{"part of a query", func(c *exception.TCPConfig) { c.IdleTimeout = short },
			func(c client) {
				c.send(framed(query(1, 100, 50))[:40])
				c.expectEnd()
			}, exception.Idle},
		{"reset by the client", nil,
			func(c client) {
				m := query(1, 12, 12)
				c.send(framed(m))
				c.expect(m)
				c.SetLinger(0)
				c.Close()
			}, exception.Broken},
		{"does not read", func(c *exception.TCPConfig) { c.WriteTimeout = short },
			func(c client) { sendMuch(c) }, exception.Stalled},
		{"memory used up", func(c *exception.TCPConfig) { c.MaxHeld = 1 << 10 },
			func(c client) { sendMuch(c) }, exception.Memory},
		{"as many queries as allowed", func(c *exception.TCPConfig) { c.MaxQueries = 3 },
			func(c client) {
				var all [][]byte
				for i := range 5 {
					all = append(all, query(i, 20, 30))
				}
				c.send(framed(all...))
				for _, m := range all[:3] {
					c.expect(m)
				}
				c.expectEnd()
				c.Close()
			}, exception.QueryLimit},
		{"left, and does not close", func(c *exception.TCPConfig) { c.LingerTime = short },
			func(c client) {
				c.send([]byte{0, 0})
				c.expectEnd()
			}, exception.ShortMessage},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t, 1, tt.change)
			tt.client(s.dial())
			s.endedBy(tt.want)
			eventually(t, "no connection is open", func() bool { return s.queues[0].Counters().Open() == 0 })
		})
	}
}

// sendMuch asks for more than the kernel's buffers take, and reads nothing.
func sendMuch(c client) {
	c.SetReadBuffer(4 << 10)
	var all [][]byte
	for i := range 1000 {
		all = append(all, query(i, 12, 65535))
	}
	c.Write(framed(all...)) // the server may end the connection meanwhile
}

// TestSlowReader verifies that a client that asks for much before it reads gets
// every reply once, in order, and holds up nobody.
func TestSlowReader(t *testing.T) {
	s := start(t, 1, nil)
	slow, other := s.dial(), s.dial()
	var all [][]byte
	for i := range 500 {
		all = append(all, query(i, 1000, 30000))
	}
	sent := make(chan struct{})
	go func() {
		slow.Write(framed(all...))
		close(sent)
	}()
	for i := range 200 {
		m := query(i, 12, 500)
		other.send(framed(m))
		other.expect(m)
	}
	for _, m := range all {
		slow.expect(m)
	}
	<-sent
}

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

// TestClose verifies that what arrived before Close is answered, and that then
// every connection is closed.
func TestClose(t *testing.T) {
	c := exception.DefaultTCP()
	c.Addresses = []netip.AddrPort{freeAddr(t)}
	queues, err := exception.NewTCPQueues(c, 1)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, addr: c.Addresses[0], queues: queues, ended: make(chan struct{}, 1)}
	busy, silent := s.dial(), s.dial()
	var all [][]byte
	for i := range 100 {
		all = append(all, query(i, 12, 2000))
	}
	busy.send(framed(all...))
	queues[0].Close()
	go func() {
		serve(queues[0])
		s.ended <- struct{}{}
	}()
	for _, m := range all {
		busy.expect(m)
	}
	busy.expectEnd()
	silent.expectEnd()
	s.stop()
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

// TestManyConnections verifies that many connections at once are served, on
// both families.
func TestManyConnections(t *testing.T) {
	if l, err := net.Listen("tcp", "[::1]:0"); err != nil {
		t.Skipf("no IPv6: %v", err)
	} else {
		l.Close()
	}
	s := start(t, 2, func(c *exception.TCPConfig) {
		c.Addresses = append(c.Addresses, netip.MustParseAddrPort(fmt.Sprint("[::1]:", c.Addresses[0].Port())))
	})
	var clients []client
	for i := range 300 {
		if i == 150 {
			s.addr = netip.AddrPortFrom(netip.IPv6Loopback(), s.addr.Port())
		}
		clients = append(clients, s.dial())
	}
	for round := range 3 {
		for i, c := range clients {
			c.send(framed(query(i, 20+round, 200)))
		}
		for i, c := range clients {
			c.expect(query(i, 20+round, 200))
		}
	}
}

// TestAllocations verifies that a query allocates nothing.
func TestAllocations(t *testing.T) {
	c := exception.DefaultTCP()
	c.Addresses = []netip.AddrPort{freeAddr(t)}
	queues, err := exception.NewTCPQueues(c, 1)
	if err != nil {
		t.Fatal(err)
	}
	q, b := queues[0], new(engine.Batch)
	s := &server{t: t, addr: c.Addresses[0], queues: queues, ended: make(chan struct{}, 1)}
	conn := s.dial()
	data, reply := framed(query(1, 40, 40), query(2, 40, 40)), make([]byte, 84)
	turn := func() {
		conn.Write(data)
		for b.N = 0; b.N == 0; {
			q.Receive(b)
		}
		q.Send(b)
		io.ReadFull(conn.TCPConn, reply)
	}
	turn() // the connection is made
	if n := testing.AllocsPerRun(100, turn); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
	q.Close()
	serve(q)
}
