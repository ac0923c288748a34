package netio

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// socketBuffer is how many octets a socket's receive buffer takes: some 1,300
// small queries, 15 ms of one core's work. A larger one would only make
// clients wait for answers that they no longer want.
const socketBuffer = 1 << 20

// openSocket makes a blocking UDP socket, bound to a, that other queues may
// share. A receive from it waits at most receiveWait.
func openSocket(a netip.AddrPort) (int, error) {
	family := unix.AF_INET6
	if a.Addr().Is4() {
		family = unix.AF_INET
	}
	fd, err := unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, fmt.Errorf("UDP socket for %s: %w", a, err)
	}
	if err := errors.Join(setOptions(fd, a), unix.Bind(fd, sockaddr(a))); err != nil {
		unix.Close(fd)
		return 0, listenError(a, err)
	}
	return fd, nil
}

// setOptions sets what must be set before the bind.
func setOptions(fd int, a netip.AddrPort) error {
	timeout := unix.NsecToTimeval(receiveWait * 1e6)
	err := errors.Join(
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1),
		unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &timeout))
	// Beyond the system's limit only for the privileged; others get the limit.
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, socketBuffer) != nil {
		err = errors.Join(err, unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, socketBuffer))
	}
	// Path MTU discovery is ignored: who forges "fragmentation needed" could
	// otherwise make replies be split, and slip in fragments of their own.
	if a.Addr().Is4() {
		err = errors.Join(err, unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, unix.IP_PMTUDISC_OMIT))
		if a.Addr().IsUnspecified() {
			err = errors.Join(err, unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_PKTINFO, 1))
		}
		return err
	}
	err = errors.Join(err,
		unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 1),
		unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_MTU_DISCOVER, unix.IPV6_PMTUDISC_OMIT))
	if a.Addr().IsUnspecified() {
		err = errors.Join(err, unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, 1))
	}
	return err
}

// sockaddr is a for bind(2). A link-local address needs the zone that names
// its interface; one that does not exist becomes EADDRNOTAVAIL.
func sockaddr(a netip.AddrPort) unix.Sockaddr {
	if a.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}
	}
	sa := &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16()}
	if ifi, err := net.InterfaceByName(a.Addr().Zone()); err == nil {
		sa.ZoneId = uint32(ifi.Index)
	}
	return sa
}

// listenError says what an operator can do about err.
func listenError(a netip.AddrPort, err error) error {
	switch {
	case errors.Is(err, unix.EADDRINUSE):
		return fmt.Errorf("listen on %s (UDP): another program has this port: stop it (ss -ulnp 'sport = %d' names it) or change dns-addr in [Dns]", a, a.Port())
	case errors.Is(err, unix.EADDRNOTAVAIL):
		return fmt.Errorf("listen on %s (UDP): this machine has no such address: add it to an interface or change dns-addr in [Dns]", a)
	case errors.Is(err, unix.EACCES):
		return fmt.Errorf("listen on %s (UDP): no permission for ports below 1024: run as root, give the binary CAP_NET_BIND_SERVICE, or change dns-addr in [Dns]", a)
	}
	return fmt.Errorf("listen on %s (UDP): %w", a, err)
}

// socketDrops is the kernel's count of datagrams that found the socket's
// receive buffer full (SK_MEMINFO_DROPS, 32 bits wide), continued from before.
func socketDrops(fd int, before uint64) uint64 {
	var info [9]uint32 // SK_MEMINFO_VARS, drops last
	size := uint32(unsafe.Sizeof(info))
	_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), unix.SOL_SOCKET, unix.SO_MEMINFO,
		uintptr(unsafe.Pointer(&info)), uintptr(unsafe.Pointer(&size)), 0)
	if errno != 0 {
		return before
	}
	return before + uint64(info[8]-uint32(before))
}
