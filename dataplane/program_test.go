package main

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// asDataplane makes the test binary be the program itself.
const asDataplane = "SKYDNS_TEST_AS_DATAPLANE"

func TestMain(m *testing.M) {
	if os.Getenv(asDataplane) != "" {
		main()
	}
	os.Exit(m.Run())
}

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

// await waits until what must happen has.
func await(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !happened(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("there is not %s", what)
		}
	}
}

// command is the program with arguments.
func command(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asDataplane+"=1")
	return cmd
}

// configFile writes a configuration that has a domain, and then text.
func configFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "skydns.toml")
	text = "[SkydnsApi]\napi-enable = false\n[Dns]\ndns-domain = \"example.\"\n" + text
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// program is a running dataplane.
type program struct {
	cmd *exec.Cmd
	log []string
}

// start runs the program until its log says that it answers.
func start(t *testing.T, config string) *program {
	t.Helper()
	p := &program{cmd: command("-config-file", config)}
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.cmd.Process.Kill() })
	stuck := time.AfterFunc(patience, func() { p.cmd.Process.Kill() })
	defer stuck.Stop()
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		p.log = append(p.log, lines.Text())
		if strings.Contains(lines.Text(), "INF answering") {
			go io.Copy(io.Discard, stderr)
			return p
		}
	}
	t.Fatalf("it does not answer:\n%s", strings.Join(p.log, "\n"))
	return nil
}

// exitCode waits for the end of the program.
func (p *program) exitCode(t *testing.T) int {
	t.Helper()
	stuck := time.AfterFunc(patience, func() {
		t.Error("it does not end")
		p.cmd.Process.Kill()
	})
	defer stuck.Stop()
	var exit *exec.ExitError
	if err := p.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return p.cmd.ProcessState.ExitCode()
}

// publish makes a snapshot of zone example. with www in dir.
func publish(t *testing.T, dir string) {
	t.Helper()
	w, err := snapshot.OpenWriter(snapshot.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	name := func(s string) []byte {
		n, err := wire.ParseName(s)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	soa := append(append(name("ns.example."), name("host.example.")...), make([]byte, 20)...)
	err = w.BeginSync(2)
	_, err1 := w.Put(name("example."), []snapshot.RRset{{Type: wire.TypeSOA, TTL: 60, Data: [][]byte{soa}}})
	_, err2 := w.Put(name("www.example."), []snapshot.RRset{{Type: wire.TypeA, TTL: 30, Data: [][]byte{{192, 0, 2, 1}}}})
	_, err3 := w.EndSync()
	if err := errors.Join(err, err1, err2, err3); err != nil {
		t.Fatal(err)
	}
}

// freeAddr is a loopback address with a port that was free a moment ago, for
// UDP and TCP.
func freeAddr(t *testing.T) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).AddrPort()
}

// ask is the rcode of the answer to a query for the addresses of name.
func ask(t *testing.T, server netip.AddrPort, name string) string {
	t.Helper()
	c := dns.Client{Timeout: patience}
	reply, _, err := c.Exchange(new(dns.Msg).SetQuestion(name, dns.TypeA), server.String())
	if err != nil {
		t.Fatal(err)
	}
	return dns.RcodeToString[reply.Rcode]
}

// hold is a TCP address that is in use until the test ends.
func hold(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.Addr().String()
}
