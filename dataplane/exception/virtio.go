//go:build dpdk

package exception

import (
	"fmt"
	"os"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/dataplane/netio"
)

const vhostNet = "/dev/vhost-net"

// OpenVirtio makes a kernel interface by virtio-user and vhost-net, and
// carries frames between it and the queues: as OpenTAP does, but a thread of
// the kernel moves the frames, without a system call for each.
func OpenVirtio(c Interface, rings *netio.Exceptions, log zerolog.Logger) (*Port, error) {
	if _, err := os.Stat(vhostNet); err != nil {
		return nil, fmt.Errorf("the exception port by virtio-user: %w: load the module vhost_net, or set exception = \"tap\" in [Dataplane]", err)
	}
	device, err := attachDevice("net_virtio_user_"+c.Name, fmt.Sprintf("path=%s,queues=1,queue_size=%d,iface=%s", vhostNet, deviceRing, c.Name))
	if err != nil {
		return nil, err
	}
	if err := setUp(c); err != nil {
		device.Close()
		return nil, err
	}
	return newPort(device, rings, log), nil
}
