package differential

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/tools/lab"
)

// peer is another server of the same zones.
type peer struct {
	name, addr string
	known      bool // it has the version that the rules are about
	conn       net.Conn
	buffer     [65535]byte
}

// zoneFiles writes master files, by apex, into dir.
func zoneFiles(t *testing.T, dir string, zones map[string]string) {
	t.Helper()
	for apex, text := range zones {
		if err := os.WriteFile(filepath.Join(dir, apex+"zone"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// startNSD starts NSD on the zones.
func startNSD(t *testing.T, zones map[string]string) *peer {
	t.Helper()
	lab.Need(t, "nsd")
	dir, addr := t.TempDir(), lab.FreePort(t)
	host, port, _ := net.SplitHostPort(addr)
	zoneFiles(t, dir, zones)
	conf := fmt.Sprintf(`server:
	ip-address: %s
	port: %s
	username: ""
	database: ""
	zonesdir: "%s"
	zonelistfile: "%[3]s/zone.list"
	pidfile: ""
	xfrdfile: ""
	xfrdir: "%[3]s"
	server-count: 1
	rrl-ratelimit: 0
	ipv4-edns-size: 1232
	hide-version: yes
	hide-identity: yes
	round-robin: no
remote-control:
	control-enable: no
`, host, port, dir)
	for apex := range zones {
		conf += fmt.Sprintf("zone:\n\tname: \"%s\"\n\tzonefile: \"%[1]szone\"\n", apex)
	}
	p := start(t, zones, "NSD", addr, dir, conf, "nsd", "-d", "-c")
	p.known = version(t, "NSD version 4.6.", "nsd", "-v")
	return p
}

// startKnot starts Knot on the zones.
func startKnot(t *testing.T, zones map[string]string) *peer {
	t.Helper()
	lab.Need(t, "knotd")
	dir, addr := t.TempDir(), lab.FreePort(t)
	host, port, _ := net.SplitHostPort(addr)
	zoneFiles(t, dir, zones)
	conf := fmt.Sprintf(`server:
    rundir: "%s"
    listen: %s@%s
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
    udp-max-payload: 1232
    identity: ""
    version: ""
database:
    storage: "%[1]s"
log:
  - target: stderr
    any: warning
template:
  - id: default
    storage: "%[1]s"
    file: "%%s.zone"
    semantic-checks: soft
    zonefile-sync: -1
    journal-content: none
zone:
`, dir, host, port)
	for apex := range zones {
		conf += fmt.Sprintf("  - domain: \"%s\"\n    file: \"%[1]szone\"\n", apex)
	}
	p := start(t, zones, "Knot", addr, dir, conf, "knotd", "-c")
	p.known = version(t, "version 3.2.", "knotd", "-V")
	return p
}

// version reports whether a command says that it has a version. Others may
// differ in ways that nobody has looked into: their differences are logged.
func version(t *testing.T, want, command, flag string) bool {
	t.Helper()
	out, err := exec.Command(command, flag).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v", command, flag, err)
	}
	first, _, _ := strings.Cut(string(out), "\n")
	known := strings.Contains(first, want)
	if !known {
		t.Logf("%s: not the version that the rules are about, %q: differences are no failure", first, want)
	}
	return known
}

// start runs a server until the test ends, and waits until it answers for one
// of the zones.
func start(t *testing.T, zones map[string]string, name, addr, dir, conf, command string, args ...string) *peer {
	t.Helper()
	apex := slices.Sorted(maps.Keys(zones))[0]
	file := filepath.Join(dir, command+".conf")
	if err := os.WriteFile(file, []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	process := lab.StartCommand(t, command, append(args, file)...)
	t.Cleanup(func() { process.Terminate(t) }) // not killed: NSD has children
	conn, err := net.Dial("udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	p := &peer{name: name, addr: addr, conn: conn}
	lab.Eventually(t, "start "+name, func() error {
		if !process.Alive() {
			t.Fatalf("%s has ended", name)
		}
		m := new(dns.Msg)
		m.SetQuestion(apex, dns.TypeSOA)
		client := &dns.Client{Timeout: time.Second}
		reply, _, err := client.Exchange(m, addr)
		if err == nil && len(reply.Answer) == 0 {
			err = errors.New(dns.RcodeToString[reply.Rcode])
		}
		return err
	})
	return p
}
