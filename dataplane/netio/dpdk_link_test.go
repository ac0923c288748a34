//go:build dpdk

package netio_test

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/cgo/dpdk"
	"github.com/ipdcode/skydns/dataplane/netio"
)

// record is a log that a test may read while it grows.
type record struct {
	mu   sync.Mutex
	text strings.Builder
}

func (r *record) Write(line []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(line)
}

// await waits until the log has a text.
func (r *record) await(t *testing.T, text string) {
	t.Helper()
	has := func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return strings.Contains(r.text.String(), text)
	}
	for end := time.Now().Add(patience); !has(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the log does not say %s: %s", text, r.text.String())
		}
	}
}

// TestDPDKSaysLinkChange verifies that a link that goes down and comes back is
// in the log.
func TestDPDKSaysLinkChange(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("a TAP needs root")
	}
	if err := startEAL(); err != nil {
		t.Fatal(err)
	}
	device, name := fmt.Sprint("net_tap", devices.Add(1)), fmt.Sprint("skylink", os.Getpid()%10000)
	if err := dpdk.Attach(device + ",iface=" + name); err != nil {
		t.Fatal(err)
	}
	log := new(record)
	queues, err := netio.OpenDPDK(netio.DPDKConfig{
		Port: device, Queues: 1, Addresses: []netip.Addr{server.Addr()}, UDPPort: server.Port(), Log: zerolog.New(log),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer drain(t, queues[0])
	for _, c := range []struct{ link, want string }{{"down", `"link":false`}, {"up", `"link":true,"message":"the link has changed"`}} {
		if out, err := exec.Command("ip", "link", "set", name, c.link).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		log.await(t, c.want)
	}
}
