//go:build dpdk

package netio_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/sys/unix"

	"github.com/ipdcode/skydns/dataplane/frame/frametest"
)

// exceptionNode runs dataplane with an exception port on one end of a link, at
// whose other end is the client. Nobody tells the client where the server is.
func exceptionNode(t *testing.T, more string) (server, client netns, stop func()) {
	t.Helper()
	server, client = vethLink(t)
	server.ip(t, "link set vs address 02:00:00:00:00:53")
	client.ip(t, "link set vc up")
	for _, a := range clients {
		client.ip(t, fmt.Sprintf("address add %s/%d dev vc nodad", a, a.BitLen()*3/4))
	}
	if strings.Contains(more, "kernel") {
		for _, a := range servers {
			server.ip(t, fmt.Sprintf("address add %s/%d dev vs nodad", a, a.BitLen()*3/4))
		}
	}
	stop = startDataplane(t, server, buildDataplane(t), sampleSnapshot(t), afXDP(t, server, "")+more)
	return server, client, stop
}

// TestDPDKExceptionPort verifies that with an exception port a machine that
// knows nothing but our addresses finds us, that UDP, TCP and ping work over
// IPv4 and IPv6, while UDP is the poll loop's, and that all of it ends well.
func TestDPDKExceptionPort(t *testing.T) {
	for _, how := range []string{"tap", "kernel"} {
		t.Run(how, func(t *testing.T) { findAndAsk(t, how) })
	}
}

// findAndAsk verifies it for one kind of exception port; with "kernel" the
// interface stays the kernel's, and has our addresses.
func findAndAsk(t *testing.T, how string) {
	_, client, stop := exceptionNode(t, fmt.Sprintf(`
exception = %q
idle = "sleep"`, how))
	for i, server := range servers {
		t.Run(server.String(), func(t *testing.T) {
			query := new(dns.Msg)
			query.SetQuestion("ns.skydns.test.", dns.TypeTXT)
			wire, err := query.Pack()
			if err != nil {
				t.Fatal(err)
			}
			askFrom(t, client, clients[i], netip.AddrPortFrom(server, 53), wire)
			ping(t, client, server)
			askTCP(t, client, server)
		})
	}
	stop()
}

// dialTCP connects to the server, whose kernel may not have its addresses yet.
func dialTCP(t *testing.T, from netns, server netip.Addr) net.Conn {
	t.Helper()
	var conn net.Conn
	for end := time.Now().Add(patience); conn == nil; {
		var err error
		from.do(t, func() { conn, err = net.DialTimeout("tcp", netip.AddrPortFrom(server, 53).String(), time.Second) })
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
	conn.SetDeadline(time.Now().Add(patience))
	return conn
}

// askTCP asks for a reply that UDP has no room for.
func askTCP(t *testing.T, from netns, server netip.Addr) {
	t.Helper()
	conn := dialTCP(t, from, server)
	defer conn.Close()
	query := new(dns.Msg)
	query.SetQuestion("text19.skydns.test.", dns.TypeTXT)
	c := dns.Conn{Conn: conn}
	if err := c.WriteMsg(query); err != nil {
		t.Fatal(err)
	}
	reply, err := c.ReadMsg()
	if err != nil || len(reply.Answer) != 20 {
		t.Fatalf("%v: reply %v, want 20 answers", err, reply)
	}
}

// ping sends echo requests of 1,000 octets until one is answered.
func ping(t *testing.T, from netns, to netip.Addr) {
	t.Helper()
	network, request, reply := "ip4:icmp", byte(8), byte(0)
	if to.Is6() {
		network, request, reply = "ip6:ipv6-icmp", 128, 129
	}
	var conn *net.IPConn
	var err error
	from.do(t, func() { conn, err = net.DialIP(network, nil, &net.IPAddr{IP: to.AsSlice()}) })
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	echo := append([]byte{request, 0, 0, 0, 0x47, 0x11, 0, 1}, bytes.Repeat([]byte("ab"), 496)...)
	if to.Is4() {
		sum := ^frametest.Sum(echo)
		echo[2], echo[3] = byte(sum>>8), byte(sum)
	}
	answer := make([]byte, 2000)
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if _, err := conn.Write(echo); err != nil {
			t.Fatal(err)
		}
		conn.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
		for {
			n, _, err := conn.ReadFrom(answer) // without the IP header, unlike Read
			if err != nil {
				break
			}
			if n == len(echo) && answer[0] == reply && bytes.Equal(answer[4:n], echo[4:]) {
				return
			}
		}
	}
	t.Fatalf("%v does not answer ping", to)
}

// TestDPDKEndsAfterTCP verifies that at SIGTERM a client behind the exception
// port gets every reply to what it had sent, and then the end, although the
// replies leave by the poll loops that end too.
func TestDPDKEndsAfterTCP(t *testing.T) {
	const pipelined = 40 // replies of 4 KB: more than goes out before the client acknowledges
	_, client, stop := exceptionNode(t, "exception = \"tap\"\n")
	conn := dns.Conn{Conn: dialTCP(t, client, servers[0])}
	defer conn.Close()
	query := new(dns.Msg).SetQuestion("text19.skydns.test.", dns.TypeTXT)
	for i := range pipelined {
		query.Id = uint16(i)
		if err := conn.WriteMsg(query); err != nil {
			t.Fatal(err)
		}
	}
	awaitAcknowledged(t, conn.Conn.(*net.TCPConn))
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		stop()
	}()
	for i := range pipelined {
		reply, err := conn.ReadMsg()
		if err != nil || reply.Id != uint16(i) || len(reply.Answer) != 20 {
			t.Fatalf("reply %d: %v, %v", i, err, reply)
		}
	}
	if _, err := conn.ReadMsg(); !errors.Is(err, io.EOF) {
		t.Errorf("after the replies: %v, want the end", err)
	}
	<-stopped
}

// awaitAcknowledged waits until the other end's kernel has all that was sent.
func awaitAcknowledged(t *testing.T, conn *net.TCPConn) {
	t.Helper()
	raw, err := conn.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		left := 0
		raw.Control(func(fd uintptr) { left, err = unix.IoctlGetInt(int(fd), unix.SIOCOUTQ) })
		if err == nil && left == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d octets are not acknowledged: %v", left, err)
		}
	}
}

// TestDPDKLeftovers verifies that queries of shapes that the XDP program leaves
// to the kernel are answered, from the kernel's sockets.
func TestDPDKLeftovers(t *testing.T) {
	_, client, stop := exceptionNode(t, "exception = \"kernel\"\n")
	w := openLink(t, client)
	for i, change := range []func(p *frametest.Packet){
		func(p *frametest.Packet) { p.Options = []byte{1, 1, 1, 1} },
		func(p *frametest.Packet) { p.FirstExtension, p.Extensions = 60, []byte{17, 0, 1, 4, 0, 0, 0, 0} },
	} {
		p := w.packet(t, i, uint16(i+1))
		change(&p)
		w.ask(t, frametest.Build(p), uint16(i+1))
	}
	stop()
}
