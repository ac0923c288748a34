package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
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

// TestServe verifies that the program answers from kernel sockets, takes over a
// snapshot that appears later, shows its counters, and ends on SIGTERM with code 0.
func TestServe(t *testing.T) {
	server, statistics, dir := freeAddr(t), freeAddr(t), t.TempDir()
	p := start(t, configFile(t, fmt.Sprintf("dns-addr = %q\n[Stats]\nstatsServer = %q\n[Dataplane]\nsnapshot-dir = %q\n",
		server, statistics, dir)))
	if got := ask(t, server, "www.example."); got != "SERVFAIL" {
		t.Errorf("without a snapshot: %s, want SERVFAIL", got)
	}
	publish(t, dir)
	for end := time.Now().Add(patience); ask(t, server, "www.example.") != "NOERROR"; {
		if time.Now().After(end) {
			t.Fatal("the snapshot is not taken over")
		}
	}
	if got := ask(t, server, "none.example."); got != "NXDOMAIN" {
		t.Errorf("a name that does not exist: %s, want NXDOMAIN", got)
	}
	resp, err := http.Get("http://" + statistics.String() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err != nil || !strings.Contains(string(body), `verdict="nxdomain"} 1`) {
		t.Errorf("metrics: %v, want one NXDOMAIN in:\n%s", err, body)
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := p.exitCode(t); code != 0 {
		t.Errorf("exit code %d after SIGTERM, want 0", code)
	}
}

// TestFailures verifies that what is wrong is said in one line that says what
// to do, and the exit code.
func TestFailures(t *testing.T) {
	busy, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	free := freeAddr(t)
	tests := []struct {
		name   string
		args   []string
		config string
		code   int
		want   []string
	}{
		{"unknown flag", []string{"-x"}, "", 2, []string{"-x"}},
		{"unknown key", []string{"-check-config"}, "no-key = 1\n", 1, []string{"skydns.toml:5", "no-key"}},
		{"right configuration", []string{"-check-config"}, "", 0, nil},
		{"port in use", nil, fmt.Sprintf("dns-addr = %q\n", busy.LocalAddr()), 1,
			[]string{busy.LocalAddr().String(), "another program", "dns-addr"}},
		{"address of another machine", nil, "dns-addr = \"192.0.2.1:53\"\n", 1,
			[]string{"192.0.2.1:53", "no such address", "dns-addr"}},
		{"statistics port in use", nil, fmt.Sprintf("dns-addr = %q\n[Stats]\nstatsServer = %q\n", free, hold(t)), 1,
			[]string{"statsServer"}},
		{"foreign core", nil, fmt.Sprintf("dns-addr = %q\n[Dataplane]\ncores = [1023]\n", free), 1,
			[]string{"core 1023", "[Dataplane]"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cmd := command(append([]string{"-config-file", configFile(t, tt.config)}, tt.args...)...)
			var stderr strings.Builder
			cmd.Stderr = &stderr
			_ = cmd.Run()
			if code := cmd.ProcessState.ExitCode(); code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			for _, want := range tt.want {
				if !strings.Contains(stderr.String(), want) {
					t.Errorf("stderr lacks %q: %s", want, &stderr)
				}
			}
		})
	}
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
