package netio_test

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/netio"
)

// needIPv6 skips where the machine has no IPv6.
func needIPv6(t *testing.T) {
	t.Helper()
	c, err := net.ListenPacket("udp6", "[::1]:0")
	if err != nil {
		t.Skipf("no IPv6 here: %v", err)
	}
	c.Close()
}

// newSocketQueue is a queue on the addresses. It holds its sockets until it is
// served and closed.
func newSocketQueue(t *testing.T, listen ...netip.AddrPort) *netio.SocketQueue {
	t.Helper()
	q, err := netio.NewSocketQueue(listen)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// TestSocketReplyAddress verifies that a reply leaves from the address that
// was asked, whatever the socket is bound to, and names its client.
func TestSocketReplyAddress(t *testing.T) {
	tests := []struct {
		name   string
		listen []string
		ask    string
		v6     bool
	}{
		{"one address", []string{"127.0.0.3"}, "127.0.0.3", false},
		{"all IPv4 addresses", []string{"0.0.0.0"}, "127.0.0.4", false},
		{"all IPv6 addresses", []string{"::"}, "::1", true},
		{"IPv4 of both families", []string{"0.0.0.0", "::"}, "127.0.0.4", true},
		{"IPv6 of both families", []string{"0.0.0.0", "::"}, "::1", true},
		{"an IPv4 address written as IPv6", []string{"::ffff:127.0.0.3"}, "127.0.0.3", false},
		{"the second of two", []string{"127.0.0.2", "::1"}, "::1", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.v6 {
				needIPv6(t)
			}
			var listen []netip.AddrPort
			port := freeAddr(t, netip.MustParseAddr(tt.listen[0]).Unmap().String()).Port()
			for _, a := range tt.listen {
				listen = append(listen, netip.AddrPortFrom(netip.MustParseAddr(a), port))
			}
			c := make(chan engine.Client, 1)
			q := newSocketQueue(t, listen...)
			defer serve(t, q, echo, func(b *engine.Batch) { c <- b.Client[0] })()

			conn := dial(t, netip.AddrPortFrom(netip.MustParseAddr(tt.ask), port))
			if _, err := conn.Write([]byte("a query")); err != nil {
				t.Fatal(err)
			}
			receive(t, conn) // conn takes replies from tt.ask alone
			from := conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr().As16()
			if got := fmt.Sprintf("%+v", <-c); got != fmt.Sprintf("%+v", clientOf(from)) {
				t.Errorf("client is %s, want that of %v", got, conn.LocalAddr())
			}
		})
	}
}

func clientOf(a [16]byte) (c engine.Client) {
	for i := range 8 {
		c.Hi, c.Lo = c.Hi<<8|uint64(a[i]), c.Lo<<8|uint64(a[8+i])
	}
	return c
}

// TestSocketOversize verifies that a query that is cut off is dropped and
// counted, and that those around it are answered.
func TestSocketOversize(t *testing.T) {
	addr := freeAddr(t, "127.0.0.1")
	q := newSocketQueue(t, addr)
	c := dial(t, addr)
	want := [][]byte{[]byte("before"), []byte("after")}
	for _, m := range [][]byte{want[0], make([]byte, 9000), want[1]} {
		if _, err := c.Write(m); err != nil {
			t.Fatal(err)
		}
	}
	stop := serve(t, q, func(msg []byte) []byte { return msg }, nil)
	for _, w := range want {
		if got := receive(t, c); !bytes.Equal(got, w) {
			t.Errorf("reply %q, want %q", got, w)
		}
	}
	stop()
	if n := q.Drops().Load(netio.DropOversize); n != 1 {
		t.Errorf("%d drops counted, want 1", n)
	}
}

// TestSocketOverflow verifies that what the kernel dropped before we came to
// it is counted.
func TestSocketOverflow(t *testing.T) {
	addr := freeAddr(t, "127.0.0.1")
	q := newSocketQueue(t, addr)
	c := dial(t, addr)
	const sent = 1000
	for range sent {
		if _, err := c.Write(make([]byte, 4000)); err != nil {
			t.Fatal(err)
		}
	}
	answered := uint64(0)
	serve(t, q, func(msg []byte) []byte { answered++; return nil }, nil)()
	if dropped := q.Drops().Load(netio.DropOverflow); dropped == 0 || dropped+answered != sent {
		t.Errorf("%d dropped, %d received, want %d together and some dropped", dropped, answered, sent)
	}
}

// TestSocketShared verifies that two queues may listen on one address, and
// that together they answer all clients.
func TestSocketShared(t *testing.T) {
	addr := freeAddr(t, "127.0.0.1")
	served := make(chan int, 200)
	for i := range 2 {
		q := newSocketQueue(t, addr)
		defer serve(t, q, func(msg []byte) []byte { served <- i; return echo(msg) }, nil)()
	}
	seen := map[int]bool{}
	for end := time.Now().Add(patience); len(seen) < 2; {
		if time.Now().After(end) {
			t.Fatalf("only queues %v are given clients", seen)
		}
		c := dial(t, addr)
		if _, err := c.Write([]byte("query")); err != nil {
			t.Fatal(err)
		}
		receive(t, c)
		seen[<-served] = true
		c.Close()
	}
}

// TestSocketErrors verifies that an address that cannot be had gives one line
// with the address and what to do.
func TestSocketErrors(t *testing.T) {
	busy, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	tests := []struct {
		name   string
		listen []netip.AddrPort
		want   []string
	}{
		{"no address", nil, []string{"dns-addr"}},
		{"port in use", []netip.AddrPort{netip.MustParseAddrPort(busy.LocalAddr().String())},
			[]string{busy.LocalAddr().String(), "another program", "ss -ulnp"}},
		{"address of another machine", []netip.AddrPort{netip.MustParseAddrPort("192.0.2.1:53")},
			[]string{"192.0.2.1:53", "no such address"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := netio.NewSocketQueue(tt.listen)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
					t.Errorf("error %q, want one line with %q", err, want)
				}
			}
		})
	}
}

// BenchmarkSocketTurn measures a turn of one query over loopback: what a
// client sees of the driver at the least load.
func BenchmarkSocketTurn(b *testing.B) {
	addr := netip.MustParseAddrPort("127.0.0.1:0")
	l, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(addr))
	if err != nil {
		b.Fatal(err)
	}
	addr = l.LocalAddr().(*net.UDPAddr).AddrPort()
	l.Close()
	q, err := netio.NewSocketQueue([]netip.AddrPort{addr})
	if err != nil {
		b.Fatal(err)
	}
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(addr))
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	batch, reply := new(engine.Batch), make([]byte, 512)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Write(reply[:40]); err != nil {
			b.Fatal(err)
		}
		q.Receive(batch)
		q.Send(batch)
		if _, err := c.Read(reply); err != nil {
			b.Fatal(err)
		}
	}
	q.Close()
	q.Receive(batch)
}
