//go:build dpdk

package netio_test

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

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
	prefix := "skydns-test-" + string(server)
	t.Cleanup(func() { os.RemoveAll(filepath.Join("/var/run/dpdk", prefix)) })
	if strings.Contains(more, "kernel") {
		for _, a := range servers {
			server.ip(t, fmt.Sprintf("address add %s/%d dev vs nodad", a, a.BitLen()*3/4))
		}
	}
	stop = startDataplane(t, server, buildDataplane(t), sampleSnapshot(t), fmt.Sprintf(`
driver = "dpdk"
eal = ["--no-pci", "--no-huge", "-m", "256", "--file-prefix", %q, "--vdev=net_af_xdp0,iface=vs"]
addresses = ["%s/24", "%s/96"]
%s
`, prefix, servers[0], servers[1], more))
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

// askTCP asks for a reply that UDP has no room for.
func askTCP(t *testing.T, from netns, server netip.Addr) {
	t.Helper()
	var conn net.Conn
	for end := time.Now().Add(patience); conn == nil; {
		var err error
		from.do(t, func() { conn, err = net.DialTimeout("tcp", netip.AddrPortFrom(server, 53).String(), time.Second) })
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
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
