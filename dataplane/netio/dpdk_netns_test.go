//go:build dpdk

package netio_test

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"
)

// netns is a network namespace that ends with its test.
type netns string

var namespaces atomic.Int32

// newNetns makes a namespace with loopback up. The test skips where that is
// not allowed.
func newNetns(t *testing.T) netns {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("network namespaces and AF_XDP need root")
	}
	ns := netns(fmt.Sprintf("skydns-%d-%d", os.Getpid(), namespaces.Add(1)))
	if out, err := exec.Command("ip", "netns", "add", string(ns)).CombinedOutput(); err != nil {
		t.Skipf("ip netns add: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("ip", "netns", "del", string(ns)).CombinedOutput(); err != nil {
			t.Errorf("ip netns del: %v: %s", err, out)
		}
	})
	ns.ip(t, "link set lo up")
	return ns
}

// ip runs the ip command in the namespace and returns what it prints.
func (ns netns) ip(t *testing.T, args string) string {
	t.Helper()
	cmd := exec.Command("ip", append([]string{"-n", string(ns)}, strings.Fields(args)...)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("ip -n %s %s: %v: %s", ns, args, err, out)
	}
	return string(out)
}

// command is a command to be run in the namespace.
func (ns netns) command(name string, args ...string) *exec.Cmd {
	return exec.Command("ip", append([]string{"netns", "exec", string(ns), name}, args...)...)
}

// do runs f in the namespace. Sockets that f opens stay there.
func (ns netns) do(t *testing.T, f func()) {
	t.Helper()
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with its namespace
		fd, err := unix.Open("/run/netns/"+string(ns), unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err == nil {
			err = unix.Setns(fd, unix.CLONE_NEWNET)
			unix.Close(fd)
		}
		if err == nil {
			f()
		}
		done <- err
	}()
	if err := <-done; err != nil {
		t.Fatalf("enter %s: %v", ns, err)
	}
}
