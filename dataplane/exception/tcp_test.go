package exception_test

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"testing"

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

// TestEmptyReply verifies that a query without a reply holds up nothing.
func TestEmptyReply(t *testing.T) {
	s := start(t, 1, nil)
	c := s.dial()
	m := query(2, 12, 30)
	c.send(framed(query(1, 12, 0), m, query(3, 12, 0)))
	c.expect(m)
	c.CloseWrite()
	c.expectEnd()
}

// TestHostileClients verifies that many clients that begin queries and never
// end them, or ask and never read, do not keep memory from each other, nor
// anything from who asks well.
func TestHostileClients(t *testing.T) {
	s := start(t, 1, func(c *exception.TCPConfig) { c.MaxHeld = 1 << 20 })
	good := s.dial()
	for i := range 200 {
		c := s.dial()
		if i%2 == 0 {
			c.send(framed(query(1, 40000, 12))[:30000])
		} else {
			c.SetReadBuffer(4 << 10)
			c.send(framed(query(1, 12, 65535), query(2, 12, 65535), query(3, 12, 65535)))
		}
		m := query(i, 12, 3000)
		good.send(framed(m))
		good.expect(m)
	}
	s.endedBy(exception.Memory)
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

// TestCloseTakesTheBacklog verifies that all connections that the kernel had
// complete at Close are answered. Those above 64 were reset.
func TestCloseTakesTheBacklog(t *testing.T) {
	const waiting = 150
	s := &server{t: t, addr: freeAddr(t)}
	c := exception.DefaultTCP()
	c.Addresses = []netip.AddrPort{s.addr}
	queues, err := exception.NewTCPQueues(c, 1)
	if err != nil {
		t.Fatal(err)
	}
	var clients []client
	for i := range waiting {
		clients = append(clients, s.dial())
		clients[i].send(framed(query(i, 12, 40)))
	}
	queues[0].Close()
	serve(queues[0])
	for i, c := range clients {
		c.expect(query(i, 12, 40))
		c.expectEnd()
	}
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
