package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ipdcode/skydns/configs"
)

// node is the configuration of a control with an etcd of its own.
type node struct {
	file, api string
}

func newNode(t *testing.T, snapshots string) node {
	t.Helper()
	dir := t.TempDir()
	n := node{file: filepath.Join(dir, "skydns.toml"), api: freePort(t)}
	text := fmt.Sprintf(`
[Dns]
dns-domain = "skydns.local."
[Log]
log-dir = %q
log-to-stdio = false
[Etcd]
data-dir = %q
etcd-listen = "127.0.0.1:0"
[SkydnsApi]
api-address = %q
skydns-auth = "123456789"
[Dataplane]
snapshot-dir = %q
`, dir, filepath.Join(dir, "etcd"), n.api, snapshots)
	if err := os.WriteFile(n.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return n
}

// freePort is a host:port of the loopback that nobody listens on.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// start runs control until the returned function is called, which gives its
// exit code and what it wrote to stderr.
func (n node) start(t *testing.T) (stop func() (int, string)) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var code int
	var stderr bytes.Buffer
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		code = run(ctx, []string{"-config-file", n.file}, io.Discard, &stderr)
	}()
	stop = sync.OnceValues(func() (int, string) { cancel(); <-ended; return code, stderr.String() })
	t.Cleanup(func() { stop() })
	return stop
}

// get is the status code of a path, 0 where nobody answers.
func (n node) get(path string) int {
	resp, err := http.Get("http://" + n.api + path)
	if err != nil {
		return 0
	}
	resp.Body.Close()
	return resp.StatusCode
}

func (n node) waitReady(t *testing.T) {
	t.Helper()
	for end := time.Now().Add(time.Minute); n.get("/readyz") != http.StatusOK; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("control is not ready after a minute")
		}
	}
}

// TestControl verifies the whole program: it gets ready, serves its metrics,
// ends when told to, and starts again on what is there.
func TestControl(t *testing.T) {
	n := newNode(t, t.TempDir())
	for range 2 {
		stop := n.start(t)
		n.waitReady(t)
		if code := n.get("/metrics"); code != http.StatusOK {
			t.Errorf("/metrics: status %d", code)
		}
		if code, stderr := stop(); code != configs.ExitDone || stderr != "" {
			t.Errorf("exit code %d, stderr %q", code, stderr)
		}
	}
}

// TestKubeEnableIsSaid verifies that a control which is to watch a Kubernetes
// cluster says that it cannot.
func TestKubeEnableIsSaid(t *testing.T) {
	n := newNode(t, t.TempDir())
	text, err := os.ReadFile(n.file)
	if err == nil {
		err = os.WriteFile(n.file, append(text, "[Kube2Skydns]\nkube-enable = true\n"...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	stop := n.start(t)
	n.waitReady(t)
	stop()
	log, err := os.ReadFile(filepath.Join(filepath.Dir(n.file), "control.log"))
	if err != nil || !strings.Contains(string(log), `"level":"error","program":"control","key":"kube-enable"`) {
		t.Errorf("%v\n%s", err, log)
	}
}

// TestOneControlADirectory verifies that a second control says in one line
// why it cannot run, and that the first goes on.
func TestOneControlADirectory(t *testing.T) {
	snapshots := t.TempDir()
	first, second := newNode(t, snapshots), newNode(t, snapshots)
	first.start(t)
	first.waitReady(t)
	var stderr bytes.Buffer
	code := run(context.Background(), []string{"-config-file", second.file}, io.Discard, &stderr)
	if code != configs.ExitFailed || strings.Count(stderr.String(), "\n") != 1 || !strings.Contains(stderr.String(), snapshots) {
		t.Errorf("exit code %d, stderr %q", code, stderr.String())
	}
	if code := first.get("/readyz"); code != http.StatusOK {
		t.Errorf("the first control: status %d", code)
	}
}

func TestUsage(t *testing.T) {
	if code := run(context.Background(), []string{"-nothing"}, io.Discard, io.Discard); code != configs.ExitUsage {
		t.Errorf("an unknown flag: exit code %d", code)
	}
	if code := run(context.Background(), []string{"-config-file", "/nowhere"}, io.Discard, io.Discard); code != configs.ExitFailed {
		t.Errorf("no configuration: exit code %d", code)
	}
}

// TestReload verifies that a SIGHUP changes the token while control runs.
func TestReload(t *testing.T) {
	n := newNode(t, t.TempDir())
	n.start(t)
	n.waitReady(t)
	const path = "/skydns/api?token="
	if code := n.get(path + "123456789"); code != http.StatusOK {
		t.Fatalf("status %d", code)
	}
	text, err := os.ReadFile(n.file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(n.file, bytes.ReplaceAll(text, []byte(`"123456789"`), []byte(`"987654321"`)), 0o600); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); n.get(path+"987654321") != http.StatusOK; time.Sleep(5 * time.Millisecond) {
		if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil || time.Now().After(end) {
			t.Fatalf("the new token is not taken: %v", err)
		}
	}
	if code := n.get(path + "123456789"); code != http.StatusUnauthorized {
		t.Errorf("the old token: status %d", code)
	}
}

// TestReloadSOA verifies that a SIGHUP changes what is made up for a domain
// without a SOA.
func TestReloadSOA(t *testing.T) {
	n := newNode(t, t.TempDir())
	n.start(t)
	n.waitReady(t)
	zone := func() string {
		t.Helper()
		resp, err := http.Get("http://" + n.api + "/skydns/api?token=123456789&zone=skydns.local")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(strings.Fields(string(text)), " ")
	}
	const before, after = "hostmaster.skydns.local. 1 7200 1800 86400 30", "ops.example. 1 7200 1800 86400 7"
	if got := zone(); !strings.Contains(got, before) {
		t.Fatalf("at first: %s", got)
	}
	text, err := os.ReadFile(n.file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(n.file, append(text, "[Soa]\nhostmaster = \"ops.example\"\nminimum = 7\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); !strings.Contains(zone(), after); time.Sleep(5 * time.Millisecond) {
		if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil || time.Now().After(end) {
			t.Fatalf("the new SOA is not taken: %v, %s", err, zone())
		}
	}
}

// TestTokenInWrongFile verifies that a file in which the token has lost its
// quotes is refused with a SIGHUP without the log telling the token, nor REST.
func TestTokenInWrongFile(t *testing.T) {
	n := newNode(t, t.TempDir())
	n.start(t)
	n.waitReady(t)
	text, err := os.ReadFile(n.file)
	if err != nil {
		t.Fatal(err)
	}
	const secret = "192837465564738291"
	if err := os.WriteFile(n.file, bytes.ReplaceAll(text, []byte(`"123456789"`), []byte(secret)), 0o600); err != nil {
		t.Fatal(err)
	}
	log := func() string {
		text, err := os.ReadFile(filepath.Join(filepath.Dir(n.file), "control.log"))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for end := time.Now().Add(time.Minute); !strings.Contains(log(), "the configuration is wrong"); time.Sleep(5 * time.Millisecond) {
		if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil || time.Now().After(end) {
			t.Fatalf("the file is not read: %v", err)
		}
	}
	resp, err := http.Get("http://" + n.api + "/status?token=123456789")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	status, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{"the log": log(), "the status": string(status)} {
		if strings.Contains(text, secret) || !strings.Contains(text, "skydns-auth: want a text in quotes") {
			t.Errorf("%s says %s", what, text)
		}
	}
}
