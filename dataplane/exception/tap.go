package exception

import (
	"fmt"
	"os"

	"github.com/rs/zerolog"
	"golang.org/x/sys/unix"

	"github.com/ipdcode/skydns/dataplane/netio"
)

// OpenTAP makes a TAP device, or takes one of that name that is there, with
// its routes, and carries frames between it and the queues. A device that was
// made goes with Close.
func OpenTAP(c Interface, rings *netio.Exceptions, log zerolog.Logger) (*Port, error) {
	device, err := newTAP(c.Name)
	if err != nil {
		return nil, err
	}
	if err := setUp(c); err != nil {
		device.Close()
		return nil, err
	}
	return newPort(device, rings, log), nil
}

// newTAP makes a TAP device: a Read is a frame that the kernel sends, with all
// its checksums, a Write one that it receives.
func newTAP(name string) (*os.File, error) {
	request, err := unix.NewIfreq(name)
	if err != nil {
		return nil, fmt.Errorf("%q cannot be the name of an interface: change exception-interface in [Dataplane] to 1 to 15 letters and digits", name)
	}
	request.SetUint16(unix.IFF_TAP | unix.IFF_NO_PI)
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open /dev/net/tun for the exception port: %w: load the module tun and run as root or with CAP_NET_ADMIN, or set exception = \"none\" in [Dataplane]", err)
	}
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, request); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("make the TAP device %s for the exception port: %w: run as root or with CAP_NET_ADMIN, stop who uses it, or change exception-interface in [Dataplane]", name, err)
	}
	return os.NewFile(uintptr(fd), name), nil
}
