package rfc8906

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// Both ends of the link to the DPDK port.
const (
	serverAddr = "192.0.2.53"
	serverMAC  = "02:00:00:00:00:53"
	clientAddr = "192.0.2.77"
)

// netns is a network namespace that ends with its test.
type netns string

// newNetns makes a namespace. The test skips where that is not allowed.
func newNetns(t *testing.T, what string) netns {
	t.Helper()
	ns := netns(fmt.Sprintf("skydns-rfc8906-%s-%d", what, os.Getpid()))
	if out, err := exec.Command("ip", "netns", "add", string(ns)).CombinedOutput(); err != nil {
		t.Skipf("ip netns add: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("ip", "netns", "del", string(ns)).CombinedOutput(); err != nil {
			t.Errorf("ip netns del: %v: %s", err, out)
		}
	})
	return ns
}

// ip runs the ip command in the namespace.
func (ns netns) ip(t *testing.T, args string) {
	t.Helper()
	if out, err := exec.Command("ip", append([]string{"-n", string(ns)}, strings.Fields(args)...)...).CombinedOutput(); err != nil {
		t.Fatalf("ip -n %s %s: %v: %s", ns, args, err, out)
	}
}

// command is a command to be run in the namespace.
func (ns netns) command(name string, args ...string) *exec.Cmd {
	return exec.Command("ip", append([]string{"netns", "exec", string(ns), name}, args...)...)
}

// firstCore is a core that the test may use: AF_XDP on a veth has one queue.
func firstCore(t *testing.T) int {
	t.Helper()
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		t.Fatal(err)
	}
	core := 0
	for !set.IsSet(core) {
		core++
	}
	return core
}

// TestDPDK verifies what a DPDK port gives, which is AF_XDP on one end of a veth
// pair; dig runs at the other. TCP is the kernel's, as soon as it has the
// address: dig runs beside dataplane then.
func TestDPDK(t *testing.T) {
	needDig(t)
	if os.Geteuid() != 0 {
		t.Skip("network namespaces and AF_XDP need root")
	}
	if exec.Command("pkg-config", "--exists", "libdpdk").Run() != nil {
		t.Skip("no libdpdk here: make setup")
	}
	server, client := newNetns(t, "server"), newNetns(t, "client")
	client.ip(t, "link add vc type veth peer name vs netns "+string(server))
	server.ip(t, "link set lo up")
	server.ip(t, "link set vs address "+serverMAC+" up")
	client.ip(t, "link set vc up")
	client.ip(t, "address add "+clientAddr+"/24 dev vc")
	client.ip(t, "neighbour replace "+serverAddr+" lladdr "+serverMAC+" dev vc")

	prefix := string(server)
	t.Cleanup(func() { os.RemoveAll(filepath.Join("/var/run/dpdk", prefix)) })
	start(t, server.command, build(t, "1", "dpdk"), fmt.Sprintf(`
driver = "dpdk"
cores = [%d]
eal = ["--no-pci", "--no-huge", "-m", "256", "--file-prefix", %q, "--vdev=net_af_xdp0,iface=vs"]
addresses = ["%s/24"]
[Dns]
dns-domain = %q
dns-addr = "0.0.0.0:53"
`, firstCore(t), prefix, serverAddr, zone))
	t.Run("UDP", func(t *testing.T) { askAll(t, client.command, serverAddr, "53", false, dpdkUDP) })
	t.Run("TCP", func(t *testing.T) {
		server.ip(t, "address add "+serverAddr+"/32 dev lo")
		askAll(t, server.command, serverAddr, "53", true, dpdkTCP)
	})
}
