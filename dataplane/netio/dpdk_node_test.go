//go:build dpdk

package netio_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// TestDPDKAnswersAsSockets verifies that the dataplane program on AF_XDP gives
// the replies, octet for octet, that it gives on kernel sockets to the same
// queries of the same client, and that dig understands them.
func TestDPDKAnswersAsSockets(t *testing.T) {
	server, client := vethLink(t)
	server.ip(t, "link set vs address 02:00:00:00:00:53")
	reach(t, client, net.HardwareAddr{2, 0, 0, 0, 0, 0x53})
	program, snapshots := buildDataplane(t), sampleSnapshot(t)

	for _, a := range servers {
		server.ip(t, fmt.Sprintf("address add %s/%d dev vs nodad", a, a.BitLen()*3/4))
	}
	stop := startDataplane(t, server, program, snapshots, `driver = "socket"`)
	want := askAll(t, client)
	stop()
	server.ip(t, "address flush dev vs")

	stop = startDataplane(t, server, program, snapshots, afXDP(t, server, ""))
	got := askAll(t, client)
	dig(t, client)
	stop()

	for name, reply := range want {
		if !bytes.Equal(reply, got[name]) {
			t.Errorf("%s: reply\n%swant\n%s", name, hex.Dump(got[name]), hex.Dump(reply))
		}
	}
}

// buildDataplane builds the program with DPDK.
func buildDataplane(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "dataplane")
	out, err := exec.Command("go", "build", "-tags", "dpdk", "-o", program, "github.com/ipdcode/skydns/dataplane").CombinedOutput()
	if err != nil {
		t.Fatalf("build dataplane: %v: %s", err, out)
	}
	return program
}

// sampleSnapshot is the folder of a snapshot with a zone of some names.
func sampleSnapshot(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	w, err := snapshot.OpenWriter(snapshot.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.BeginSync(100); err != nil {
		t.Fatal(err)
	}
	put := func(name string, sets ...snapshot.RRset) {
		if _, err := w.Put(wireName(t, name), sets); err != nil {
			t.Fatalf("put %s: %v", name, err)
		}
	}
	soa := append(append(wireName(t, "ns.skydns.test."), wireName(t, "admin.skydns.test.")...), make([]byte, 20)...)
	put("skydns.test.", snapshot.RRset{Type: wire.TypeSOA, TTL: 60, Data: [][]byte{soa}},
		snapshot.RRset{Type: dns.TypeNS, TTL: 60, Data: [][]byte{wireName(t, "ns.skydns.test.")}})
	put("ns.skydns.test.", snapshot.RRset{Type: wire.TypeA, TTL: 60, Data: [][]byte{servers[0].AsSlice()}},
		snapshot.RRset{Type: wire.TypeAAAA, TTL: 60, Data: [][]byte{servers[1].AsSlice()}})
	put("www.skydns.test.", snapshot.RRset{Type: dns.TypeCNAME, TTL: 30, Data: [][]byte{wireName(t, "ns.skydns.test.")}})
	for i := range 20 {
		text := append([]byte{byte(40 * (i%5 + 1))}, bytes.Repeat([]byte{'a' + byte(i)}, 40*(i%5+1))...)
		put(fmt.Sprintf("text%d.skydns.test.", i), snapshot.RRset{Type: dns.TypeTXT, TTL: 5, Data: bytesTimes(text, i+1)})
	}
	if _, err := w.EndSync(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// bytesTimes is n different rdata made from one text.
func bytesTimes(text []byte, n int) [][]byte {
	all := make([][]byte, n)
	for i := range all {
		all[i] = bytes.Clone(text)
		all[i][1] = '0' + byte(i)
	}
	return all
}

func wireName(t *testing.T, s string) []byte {
	t.Helper()
	name, err := wire.ParseName(s)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// startDataplane runs the program in the namespace. The returned function
// ends it with SIGTERM and expects it to exit well.
func startDataplane(t *testing.T, ns netns, program, snapshots, driver string) (stop func()) {
	t.Helper()
	cmd := ns.command(program, "-config-file", nodeConfig(t, snapshots, driver))
	said := new(strings.Builder)
	cmd.Stderr = said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var err error
	ended := make(chan struct{})
	go func() {
		err = cmd.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		cmd.Process.Kill()
		if <-ended; t.Failed() {
			t.Logf("dataplane said: %s", said)
		}
	})
	return func() {
		t.Helper()
		cmd.Process.Signal(syscall.SIGTERM)
		if <-ended; err != nil {
			t.Errorf("dataplane's end: %v", err)
		}
	}
}

// nodeConfig writes a configuration with what driver says in [Dataplane], and
// whatever follows that.
func nodeConfig(t *testing.T, snapshots, driver string) string {
	t.Helper()
	config := filepath.Join(t.TempDir(), "skydns.toml")
	text := fmt.Sprintf(`
[Dns]
dns-domain = "skydns.test."
dns-addr = ["%s:53", "[%s]:53"]
nameservers = "none"
[Log]
log-to-stdio = true
[Fun]
hone-one = true
[SkydnsApi]
api-enable = false
[Dataplane]
cores = [%s]
snapshot-dir = %q
%s
`, servers[0], servers[1], firstCore(), snapshots, driver)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return config
}

// afXDP is a configuration of the driver on the interface vs. options are net_af_xdp's.
func afXDP(t *testing.T, server netns, options string) string {
	t.Helper()
	prefix := "skydns-test-" + string(server)
	t.Cleanup(func() { os.RemoveAll(filepath.Join("/var/run/dpdk", prefix)) })
	return fmt.Sprintf(`
driver = "dpdk"
eal = ["--no-pci", "--no-huge", "-m", "256", "--file-prefix", %q, "--vdev=net_af_xdp0,iface=vs%s"]
addresses = ["%s/24", "%s/96"]
`, prefix, options, servers[0], servers[1])
}

// askAll asks every query over IPv4 and IPv6 and returns the replies by a
// name for each query.
func askAll(t *testing.T, from netns) map[string][]byte {
	t.Helper()
	replies := map[string][]byte{}
	for i, server := range servers {
		for name, query := range sampleQueries(t) {
			replies[fmt.Sprint(server, " ", name)] = askFrom(t, from, clients[i], netip.AddrPortFrom(server, 53), query)
		}
	}
	return replies
}

// sampleQueries are queries of many kinds that all get a reply.
func sampleQueries(t *testing.T) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	names := []string{"skydns.test.", "NS.SkyDNS.test.", "www.skydns.test.", "none.skydns.test.", "example.org.", "."}
	for i := range 20 {
		names = append(names, fmt.Sprintf("text%d.skydns.test.", i))
	}
	for _, name := range names {
		for _, typ := range []uint16{dns.TypeA, dns.TypeAAAA, dns.TypeTXT, dns.TypeSOA, dns.TypeANY} {
			for _, size := range []uint16{0, 512, 1232, 4096} {
				m := new(dns.Msg)
				m.SetQuestion(name, typ)
				m.Id = 4711
				if size > 0 {
					m.SetEdns0(size, size == 4096)
				}
				add(t, all, fmt.Sprint(name, " ", dns.TypeToString[typ], " ", size), m)
			}
		}
	}
	for opcode := range 7 {
		m := new(dns.Msg)
		m.SetQuestion("ns.skydns.test.", dns.TypeA)
		m.Id, m.Opcode = 4711, opcode
		add(t, all, fmt.Sprint("opcode ", opcode), m)
	}
	all["header only"] = []byte{0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0}
	return all
}

func add(t *testing.T, all map[string][]byte, name string, m *dns.Msg) {
	t.Helper()
	query, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	all[name] = query
}

// dig asks with the program that people use.
func dig(t *testing.T, from netns) {
	t.Helper()
	if _, err := exec.LookPath("dig"); err != nil {
		t.Log("dig is not installed: not asked with it")
		return
	}
	out, err := from.command("dig", "+short", "@"+servers[0].String(), "ns.skydns.test.", "A").CombinedOutput()
	if got := strings.TrimSpace(string(out)); err != nil || got != servers[0].String() {
		t.Errorf("dig: %v: %s, want %s", err, out, servers[0])
	}
}
