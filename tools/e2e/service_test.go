package e2e

import (
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/ipdcode/skydns/tools/lab"
)

// TestServiceManager verifies that both programs tell a service manager when
// they serve, that they live, and that they stop.
func TestServiceManager(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	t.Setenv("NOTIFY_SOCKET", path)
	t.Setenv("WATCHDOG_USEC", "300000")
	told := map[string]int{}
	await := func(state string, times int) {
		t.Helper()
		if err := c.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
			t.Fatal(err)
		}
		for buf := make([]byte, 1024); told[state] < times; {
			n, err := c.Read(buf)
			if err != nil {
				t.Fatalf("%q is told %d times, want %d: %v", state, told[state], times, err)
			}
			told[string(buf[:n])]++
		}
	}
	n := lab.StartNode(t, "", "")
	await("READY=1\nSTATUS=serving", 2)
	await("WATCHDOG=1", 10)
	n.Dataplane.Terminate(t)
	await("STOPPING=1", 1)
	n.Control.Terminate(t)
	await("STOPPING=1", 2)
}
