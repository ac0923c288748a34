//go:build dpdk

package netio_test

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// Both ends of the link that the device tests use.
var (
	clients = []netip.Addr{netip.MustParseAddr("192.0.2.77"), netip.MustParseAddr("2001:db8::77")}
	servers = []netip.Addr{netip.MustParseAddr("192.0.2.53"), netip.MustParseAddr("2001:db8::53")}
)

// TestDPDKDevices verifies that queries over IPv4 and IPv6 that the kernel
// sends to a device of DPDK are answered, for the devices that can be had on a
// machine without a NIC for it, with and without huge pages, with one queue and
// several; and again by a second process when the first was killed.
func TestDPDKDevices(t *testing.T) {
	noHuge := []string{"--no-huge", "-m", "256"}
	inMemory := []string{"--in-memory", "-m", "128"}
	for _, c := range []struct {
		name   string
		link   func(t *testing.T) (server, client netns)
		device string
		queues int
		eal    []string
	}{
		{"AF_XDP on a veth", vethLink, "net_af_xdp0,iface=vs", 1, noHuge},
		{"AF_XDP in huge pages", vethLink, "net_af_xdp0,iface=vs", 1, inMemory},
		{"TAP", tapLink, "net_tap0,iface=vc", 1, noHuge},
		{"TAP in huge pages", tapLink, "net_tap0,iface=vc", 1, inMemory},
		{"TAP with two queues", tapLink, "net_tap0,iface=vc", 2, noHuge},
	} {
		t.Run(c.name, func(t *testing.T) {
			needHugePages(t, c.eal)
			server, client := c.link(t)
			config := serverConfig{EAL: append(c.eal, "--vdev="+c.device), Queues: c.queues, Addresses: servers}
			askDevice(t, startServer(t, server, config), client).kill()
			askDevice(t, startServer(t, server, config), client).stop()
		})
	}
}

// vethLink makes two namespaces joined by a veth pair. Several queues are not
// to be had there: net_af_xdp wants channels that the kernel calls combined.
func vethLink(t *testing.T) (server, client netns) {
	server, client = newNetns(t), newNetns(t)
	client.ip(t, "link add vc type veth peer name vs netns "+string(server))
	server.ip(t, "link set vs up")
	return server, client
}

// tapLink makes a namespace in which the device's kernel side appears as vc.
func tapLink(t *testing.T) (server, client netns) {
	ns := newNetns(t)
	return ns, ns
}

// reach lets the client's interface vc find the servers at mac, without the
// help of ARP or neighbour discovery.
func reach(t *testing.T, client netns, mac net.HardwareAddr) {
	t.Helper()
	client.ip(t, "link set vc up")
	for i, a := range clients {
		client.ip(t, fmt.Sprintf("address replace %s/%d dev vc nodad", a, a.BitLen()*3/4))
		client.ip(t, fmt.Sprintf("neighbour replace %s lladdr %s dev vc", servers[i], mac))
	}
}

// askDevice sends queries to the server from several ports, and expects the
// reply to each.
func askDevice(t *testing.T, s *echoServer, from netns) *echoServer {
	t.Helper()
	reach(t, from, s.mac)
	for i := range 64 {
		source, server := clients[i%2], netip.AddrPortFrom(servers[i%2], 53)
		query := append(fmt.Appendf(nil, "query %06d", i), bytes.Repeat([]byte{'x'}, i*18)...)
		if got, want := askFrom(t, from, source, server, query), echo(bytes.Clone(query)); !bytes.Equal(got, want) {
			t.Errorf("reply %q, want %q", got, want)
		}
	}
	return s
}

// askFrom asks one query from a socket of its own in the namespace, where no
// late reply to another can arrive.
func askFrom(t *testing.T, from netns, source netip.Addr, server netip.AddrPort, query []byte) []byte {
	t.Helper()
	var c *net.UDPConn
	var err error
	from.do(t, func() {
		c, err = net.DialUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(source, 0)), net.UDPAddrFromAddrPort(server))
	})
	if err != nil {
		t.Fatalf("client: %v", err)
	}
	defer c.Close()
	return askUntil(t, c, query)
}

// askUntil sends the query every 200 ms until there is a reply: links and
// devices take a while to come up.
func askUntil(t *testing.T, c *net.UDPConn, query []byte) []byte {
	t.Helper()
	buf := make([]byte, 2048)
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if _, err := c.Write(query); err != nil {
			t.Fatalf("send a query: %v", err)
		}
		c.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
		if n, err := c.Read(buf); err == nil {
			return buf[:n]
		}
	}
	t.Fatalf("no reply from %v to %v to the query %q", c.RemoteAddr(), c.LocalAddr(), query)
	return nil
}

// needHugePages skips the test if EAL is to use huge pages and there are none.
func needHugePages(t *testing.T, eal []string) {
	t.Helper()
	if strings.Contains(strings.Join(eal, " "), "--no-huge") {
		return
	}
	if pages := freeHugePages(); pages < 128 {
		t.Skipf("%d free huge pages of 2 MB, 128 are needed: sysctl vm.nr_hugepages=512", pages)
	}
}
