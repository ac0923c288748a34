package lab

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Etcd is an etcd of one member in a process of its own, which can be killed
// and started again on the same data.
type Etcd struct {
	*Process
	URL       string // of its clients
	dir, peer string
}

// StartEtcd starts an empty etcd and waits until it serves.
func StartEtcd(tb testing.TB) *Etcd {
	tb.Helper()
	e := &Etcd{URL: "http://" + FreePort(tb), peer: "http://" + FreePort(tb), dir: tb.TempDir()}
	e.Restart(tb)
	return e
}

// Restart starts etcd again on its data, killing it first if it runs, and
// waits until it serves.
func (e *Etcd) Restart(tb testing.TB) {
	tb.Helper()
	if e.Process != nil {
		e.Kill(tb)
	}
	e.Process = Start(tb, "labetcd", "-no-sync", "-data-dir", e.dir, "-client-url", e.URL, "-peer-url", e.peer)
	Eventually(tb, "start etcd", func() error { return getOK(e.URL + "/health") })
}

// Etcdctl runs etcdctl against the etcd at url
// and returns what it prints. Where etcdctl is not installed the
// test skips.
func Etcdctl(tb testing.TB, url string, args ...string) string {
	tb.Helper()
	Need(tb, "etcdctl")
	cmd := exec.Command("etcdctl", append([]string{"--endpoints", url, "--command-timeout", patience.String()}, args...)...)
	cmd.Env = append(os.Environ(), "ETCDCTL_API=3")
	out, err := cmd.CombinedOutput()
	if err != nil {
		tb.Fatalf("etcdctl %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// Need skips the test where a command of the operating system is missing.
func Need(tb testing.TB, command string) {
	tb.Helper()
	if _, err := exec.LookPath(command); err != nil {
		tb.Skipf("%s is not installed: make setup", command)
	}
}
