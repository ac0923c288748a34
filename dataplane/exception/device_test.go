//go:build dpdk

package exception

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/cgo/dpdk"
	"github.com/ipdcode/skydns/dataplane/netio"
)

// TestDevice verifies that a DPDK port carries frames as a TAP of our own
// does: net_tap here, for virtio-user wants a kernel with vhost-net.
func TestDevice(t *testing.T) {
	prefix := fmt.Sprint("skydns-test-", os.Getpid())
	defer os.RemoveAll(filepath.Join("/var/run/dpdk", prefix))
	if _, err := dpdk.Init([]string{"--no-pci", "--no-huge", "-m", "128", "--file-prefix", prefix}); err != nil {
		t.Fatal(err)
	}
	inNamespace(t, func(t *testing.T) {
		d, err := attachDevice("net_tap0", "iface="+kernelSide.Name)
		if err != nil {
			t.Error(err)
			return
		}
		if err := setUp(kernelSide); err != nil {
			t.Error(err)
		}
		checkInterface(t)
		rings := netio.NewExceptions(1)
		p := newPort(d, rings, zerolog.Nop())
		askARP(t, rings, rings.ToKernel[0])
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		if _, err := d.Write(make([]byte, 60)); !errors.Is(err, os.ErrClosed) {
			t.Errorf("write after Close: %v", err)
		}
	})
}
