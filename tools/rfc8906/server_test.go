package rfc8906

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

// build builds dataplane, with the build tags given.
func build(t *testing.T, cgo, tags string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "dataplane")
	cmd := exec.Command("go", "build", "-tags", tags, "-o", program, "github.com/ipdcode/skydns/dataplane")
	cmd.Env = append(os.Environ(), "CGO_ENABLED="+cgo)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build dataplane: %v: %s", err, out)
	}
	return program
}

// start runs dataplane, by a command that may run it elsewhere, with a
// configuration, until the test ends. It returns once it answers.
func start(t *testing.T, run func(name string, args ...string) *exec.Cmd, program, config string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "skydns.toml")
	config = fmt.Sprintf("[SkydnsApi]\napi-enable = false\n[Answers]\nidentity = \"node-1\"\n[Dataplane]\nsnapshot-dir = %q\n%s", publish(t), config)
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := run(program, "-config-file", file)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		stuck := time.AfterFunc(patience, func() { cmd.Process.Kill() })
		defer stuck.Stop()
		if err := cmd.Wait(); err != nil {
			t.Errorf("dataplane's end: %v", err)
		}
	})
	stuck := time.AfterFunc(patience, func() { cmd.Process.Kill() })
	defer stuck.Stop()
	var said strings.Builder
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		fmt.Fprintln(&said, lines.Text())
		if strings.Contains(lines.Text(), "answering") {
			go func() { // so that it is never held up by a full pipe
				for lines.Scan() {
				}
			}()
			return
		}
	}
	t.Fatalf("dataplane does not answer: %s", &said)
}

// publish is the folder of a snapshot of the zone. Its keys are more than fits
// into 512 octets.
func publish(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	w, err := snapshot.OpenWriter(snapshot.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.BeginSync(2); err != nil {
		t.Fatal(err)
	}
	const dnskey = 48
	host := name(t, "ns.example.")
	soa := append(append(bytes.Clone(host), name(t, "host.example.")...), make([]byte, 20)...)
	var keys [][]byte
	for i := range 3 {
		keys = append(keys, append([]byte{1, 0, 3, 8, byte(i)}, make([]byte, 255)...))
	}
	sets := []snapshot.RRset{
		{Type: wire.TypeSOA, TTL: 60, Data: [][]byte{soa}},
		{Type: wire.TypeNS, TTL: 60, Data: [][]byte{host}},
		{Type: dnskey, TTL: 60, Data: keys},
	}
	if _, err := w.Put(name(t, zone), sets); err != nil {
		t.Fatal(err)
	}
	a := snapshot.RRset{Type: wire.TypeA, TTL: 60, Data: [][]byte{{192, 0, 2, 53}}}
	if _, err := w.Put(host, []snapshot.RRset{a}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.EndSync(); err != nil {
		t.Fatal(err)
	}
	w.SetCookieSecrets(snapshot.CookieSecrets{Sign: [2]uint64{1, 2}, Accept: [2]uint64{1, 2}})
	return dir
}

func name(t *testing.T, s string) []byte {
	t.Helper()
	n, err := wire.ParseName(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// freePort is a port of 127.0.0.1 that was free a moment ago.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}
