package exception_test

import (
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/exception"
)

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

// server is queues whose loops answer each query with the query itself, its
// first octet changed, repeated to the size that its next octets say.
type server struct {
	t      testing.TB
	addr   netip.AddrPort
	queues []*exception.TCPQueue
	ended  chan struct{}
}

// start runs n queues on one address until the test ends.
func start(t testing.TB, n int, change func(c *exception.TCPConfig)) *server {
	t.Helper()
	c := exception.DefaultTCP()
	c.Addresses = []netip.AddrPort{freeAddr(t)}
	if change != nil {
		change(&c)
	}
	queues, err := exception.NewTCPQueues(c, n)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t, c.Addresses[0], queues, make(chan struct{}, n)}
	for _, q := range queues {
		go func() {
			serve(q)
			s.ended <- struct{}{}
		}()
	}
	t.Cleanup(s.stop)
	return s
}

// serve is a worker that echoes.
func serve(q *exception.TCPQueue) {
	b := new(engine.Batch)
	for q.Receive(b) {
		if b.N == 0 {
			continue
		}
		for i, m := range b.Msg[:b.N] {
			b.Msg[i] = m[:size(m)]
			m[0] ^= 0xff
		}
		q.Send(b)
	}
}

// stop closes the queues and waits for their loops to end.
func (s *server) stop() {
	s.t.Helper()
	for _, q := range s.queues {
		q.Close()
	}
	for range s.queues {
		select {
		case <-s.ended:
		case <-time.After(patience):
			s.t.Fatal("Receive goes on after Close")
		}
	}
	s.queues = nil
}

// query is a query of n octets, numbered, to which the reply has replySize.
func query(number, n, replySize int) []byte {
	m := make([]byte, n)
	binary.BigEndian.PutUint16(m, uint16(number))
	binary.BigEndian.PutUint16(m[2:], uint16(replySize))
	return m
}

// size is how many octets the reply to m has.
func size(m []byte) int { return int(binary.BigEndian.Uint16(m[2:])) }

// framed is messages as TCP carries them.
func framed(messages ...[]byte) []byte {
	var s []byte
	for _, m := range messages {
		s = binary.BigEndian.AppendUint16(s, uint16(len(m)))
		s = append(s, m...)
	}
	return s
}

// client is a connection to a server.
type client struct {
	t testing.TB
	*net.TCPConn
}

func (s *server) dial() client {
	s.t.Helper()
	c, err := net.DialTCP("tcp", nil, net.TCPAddrFromAddrPort(s.addr))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	return client{s.t, c}
}

// send sends octets.
func (c client) send(data []byte) {
	c.t.Helper()
	if _, err := c.Write(data); err != nil {
		c.t.Fatal(err)
	}
}

// expect reads one reply, which has to be the one to m.
func (c client) expect(m []byte) {
	c.t.Helper()
	var prefix [2]byte
	if _, err := io.ReadFull(c, prefix[:]); err != nil {
		c.t.Fatalf("no reply to query %d: %v", binary.BigEndian.Uint16(m), err)
	}
	reply := make([]byte, binary.BigEndian.Uint16(prefix[:]))
	if _, err := io.ReadFull(c, reply); err != nil {
		c.t.Fatal(err)
	}
	if len(reply) != size(m) || reply[0]^0xff != m[0] {
		c.t.Fatalf("a reply of %d octets, the first %x, is not the one to %x…", len(reply), reply[0], m[:4])
	}
}

// expectEnd waits until the server has closed the connection.
func (c client) expectEnd() {
	c.t.Helper()
	if n, err := io.Copy(io.Discard, c); n != 0 || isTimeout(err) {
		c.t.Fatalf("%d more octets, %v, want the end of the connection", n, err)
	}
}

func isTimeout(err error) bool {
	timeout, ok := err.(net.Error)
	return ok && timeout.Timeout()
}

// eventually waits until a condition holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it does not happen: %s", what)
		}
	}
}

// ended waits until a connection has ended for that reason.
func (s *server) endedBy(why exception.End) {
	s.t.Helper()
	eventually(s.t, "a connection ends: "+why.String(), func() bool { return s.queues[0].Counters().Ended(why) > 0 })
}

// freeAddr is a loopback address with a port that was free a moment ago.
func freeAddr(t testing.TB) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).AddrPort()
}
