//go:build dpdk

package netio_test

import (
	"encoding/json"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// TestDPDKFailures verifies that what an operator may have forgotten ends the
// start with one line that says what and what to do.
func TestDPDKFailures(t *testing.T) {
	nobody := &syscall.Credential{Uid: 65534, Gid: 65534}
	for _, c := range []struct {
		name   string
		device string
		eal    string // besides --no-huge -m 256
		queues int
		as     *syscall.Credential
		want   []string
	}{
		{"no device", "", "", 1, nil, []string{"dpdk-devbind.py", "--vdev"}},
		{"no such interface", "net_af_xdp0,iface=skydns-none", "", 1, nil, []string{"skydns-none", "ip link"}},
		{"no such driver", "net_nosuch0", "", 1, nil, []string{"net_nosuch0", "librte-net"}},
		{"no such file", "net_pcap0,rx_pcap=/skydns-none", "", 1, nil, []string{"/skydns-none: No such file"}},
		{"too few queues", "net_ring0", "", 99, nil, []string{"net_ring0", "16 queues", "99 cores"}},
		{"unknown option", "net_null0", "--frob", 1, nil, []string{"--frob", "eal in [Dataplane]"}},
		{"too little memory", "net_null0", "-m 16", 1, nil, []string{"Cannot allocate memory", "-m in eal"}},
		{"AF_XDP without rights", "net_af_xdp0,iface=lo", "", 1, nobody, []string{"run as root", "CAP_NET_RAW"}},
		{"TAP without rights", "net_tap0,iface=skydns-none", "", 1, nobody, []string{"not permitted", "run as root"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.as != nil && os.Geteuid() != 0 {
				t.Skip("to give up rights needs root")
			}
			s := serverConfig{EAL: append([]string{"--no-huge", "-m", "256"}, strings.Fields(c.eal)...), Queues: c.queues,
				Addresses: []netip.Addr{server.Addr()}}
			if c.device != "" {
				s.EAL = append(s.EAL, "--vdev="+c.device)
			}
			said := failedStart(t, s, c.as)
			for _, want := range c.want {
				if !strings.Contains(said, want) {
					t.Errorf("it does not say %q: %s", want, said)
				}
			}
			if strings.Count(said, "\n") != 1 {
				t.Errorf("it does not say one line: %s", said)
			}
		})
	}
}

// TestDPDKUnshared verifies that a device of which the kernel cannot keep all
// but the queries ends the start with one line that says so and what to do.
func TestDPDKUnshared(t *testing.T) {
	for _, c := range []struct {
		name, device string
		want         []string
	}{
		{"no interface of the kernel's", "net_null0", []string{"net_null0", "no interface"}},
		{"no flow rules", "net_pcap0,iface=lo", []string{"net_pcap0", "rte_flow_isolate", "not implemented"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if os.Geteuid() != 0 {
				t.Skip("net_pcap on an interface needs root")
			}
			said := failedStart(t, serverConfig{EAL: []string{"--no-huge", "-m", "256", "--vdev=" + c.device}, Queues: 1,
				Addresses: []netip.Addr{server.Addr()}, Shared: true}, nil)
			for _, want := range append(c.want, `set exception to "tap" or "virtio-user" in [Dataplane]`) {
				if !strings.Contains(said, want) {
					t.Errorf("it does not say %q: %s", want, said)
				}
			}
			if strings.Count(said, "\n") != 1 {
				t.Errorf("it does not say one line: %s", said)
			}
		})
	}
}

// failedStart runs a server that must not start and returns what it says.
func failedStart(t *testing.T, c serverConfig, as *syscall.Credential) string {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), serverVariable+"="+string(text))
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Fatalf("it started, or pretends to: %s", out)
	}
	return string(out)
}

// TestDPDKFailedStartLeavesNothing verifies that a start that fails once the port
// runs takes its XDP program off the interface.
func TestDPDKFailedStartLeavesNothing(t *testing.T) {
	server, _ := vethLink(t)
	program, snapshots := buildDataplane(t), sampleSnapshot(t)
	for _, c := range []struct{ name, more, want string }{
		{"no exception port", "exception = \"tap\"\nexception-interface = \"vs\"\n", "exception-interface"},
		{"no statistics", "[Stats]\nstatsServer = \"203.0.113.1:1\"\n", "203.0.113.1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cmd := server.command(program, "-config-file", nodeConfig(t, snapshots, afXDP(t, server, "")+c.more))
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "DPDK port started") || !strings.Contains(string(out), c.want) {
				t.Fatalf("%v: it does not fail as it should: %s", err, out)
			}
			if link := server.ip(t, "link show vs"); strings.Contains(link, "xdp") {
				t.Errorf("the interface has an XDP program: %s", link)
			}
		})
	}
}
