package interop

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	zone     = "skydns.local."
	arpaZone = "10.in-addr.arpa."
	token    = "interop"
)

// patience is how long anything may take.
const patience = 30 * time.Second

// programs is the folder of the programs under test.
var programs string

// TestMain builds the programs out of the project's own module.
func TestMain(m *testing.M) {
	flag.Parse()
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	os.Exit(build(m))
}

func build(m *testing.M) int {
	dir, err := os.MkdirTemp("", "skydns-interop-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	cmd := exec.Command("go", "build", "-C", filepath.Join("..", ".."), "-o", dir+"/", "./control", "./dataplane", "./tools/lab/labetcd")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the programs: %v\n%s", err, out)
		return 1
	}
	programs = dir
	return m.Run()
}

// node is an etcd, a control and a dataplane.
type node struct {
	etcd, api, dns string
	config, text   string // file, and what it holds but for [Etcd]
}

// startNode starts all three and waits until they serve.
func startNode(t *testing.T) *node {
	t.Helper()
	dir := t.TempDir()
	n := &node{etcd: "http://" + freePort(t), api: freePort(t), dns: freePort(t)}
	start(t, "labetcd", "-data-dir", filepath.Join(dir, "etcd"), "-client-url", n.etcd, "-peer-url", "http://"+freePort(t))
	n.configure(t, dir)
	n.useEtcd(t, fmt.Sprintf("etcd-servers = %q", n.etcd))
	start(t, "control", "-config-file", n.config)
	start(t, "dataplane", "-config-file", n.config)
	n.waitReady(t)
	return n
}

// configure makes up the configuration, but for etcd, with its files in dir.
func (n *node) configure(t *testing.T, dir string) {
	t.Helper()
	n.config = filepath.Join(dir, "skydns.toml")
	n.text = fmt.Sprintf(`
[Dns]
dns-domain = [%q, %q]
dns-addr = %q
nameservers = "none"
[Log]
log-to-stdio = true
[SkydnsApi]
api-address = %q
skydns-auth = %q
[Dataplane]
driver = "socket"
cores = [0]
snapshot-dir = %q
[Etcd]
`, zone, arpaZone, n.dns, n.api, token, filepath.Join(dir, "snapshot"))
}

// useEtcd writes the configuration with these lines of [Etcd].
func (n *node) useEtcd(t *testing.T, lines string) {
	t.Helper()
	if err := os.WriteFile(n.config, []byte(n.text+lines+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// waitReady waits until both processes serve.
func (n *node) waitReady(t *testing.T) {
	t.Helper()
	eventually(t, "start control", func() error { return n.get("/readyz") })
	eventually(t, "start dataplane", func() error { _, err := n.ask(zone, typeSOA); return err })
}

// start starts a program until the test ends, and gives what ends it sooner.
func start(t *testing.T, program string, args ...string) (end func()) {
	t.Helper()
	cmd := exec.Command(filepath.Join(programs, program), args...)
	cmd.Stderr = os.Stderr
	if !testing.Verbose() {
		cmd.Stderr = nil
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return func() { cmd.Process.Signal(syscall.SIGTERM); cmd.Wait() }
}

// freePort is a loopback address whose port nobody listens on.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// eventually calls attempt until it succeeds.
func eventually(t *testing.T, what string, attempt func() error) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		err := attempt()
		if err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s: %v", what, err)
		}
	}
}

func (n *node) get(path string) error {
	resp, err := http.Get("http://" + n.api + path)
	if err != nil {
		return err
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s", resp.Status)
	}
	return nil
}

// post adds a record over REST.
func (n *node) post(name, body string) error {
	resp, err := http.Post("http://"+n.api+"/skydns/api/"+name+"?token="+token, "application/json", strings.NewReader(body))
	if err != nil {
		return err
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s", resp.Status)
	}
	return nil
}
