package netio

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"
)

// socketBuffer is how many octets a socket's receive buffer takes: some 1,300
// small queries, 15 ms of one core's work. A larger one would only make
// clients wait for answers that they no longer want.
const socketBuffer = 1 << 20

// endpoint is what one socket is bound to.
type endpoint struct {
	addr netip.AddrPort
	both bool // [::] that takes IPv4 too

	waiting bool // the machine need not have the address
}

// endpoints is the fewest sockets for the addresses: with all addresses of both
// families at one port, one does, and saves a poll in every turn.
func endpoints(addrs []netip.AddrPort) []endpoint {
	all4 := func(port uint16) netip.AddrPort { return netip.AddrPortFrom(netip.IPv4Unspecified(), port) }
	all6 := func(port uint16) netip.AddrPort { return netip.AddrPortFrom(netip.IPv6Unspecified(), port) }
	var es []endpoint
	for _, a := range addrs {
		a = netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
		if a == all4(a.Port()) && slices.Contains(addrs, all6(a.Port())) {
			continue
		}
		es = append(es, endpoint{addr: a, both: a == all6(a.Port()) && slices.Contains(addrs, all4(a.Port()))})
	}
	return es
}

// open makes a blocking UDP socket, bound to e, that other queues may share. A
// receive from it waits at most receiveWait.
func (e endpoint) open() (int, error) {
	family := unix.AF_INET6
	if e.addr.Addr().Is4() {
		family = unix.AF_INET
	}
	fd, err := unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, ListenError("UDP", e.addr, err)
	}
	if err := errors.Join(e.setOptions(fd), unix.Bind(fd, Sockaddr(e.addr))); err != nil {
		unix.Close(fd)
		return 0, ListenError("UDP", e.addr, err)
	}
	return fd, nil
}

// setOptions sets what must be set before the bind.
func (e endpoint) setOptions(fd int) error {
	timeout := unix.NsecToTimeval(receiveWait.Nanoseconds())
	err := errors.Join(
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1),
		unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &timeout))
	// Beyond the system's limit only for the privileged; others get the limit.
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, socketBuffer) != nil {
		err = errors.Join(err, unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, socketBuffer))
	}
	if e.waiting {
		err = errors.Join(err, unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_FREEBIND, 1)) // of both families
	}
	all := e.addr.Addr().IsUnspecified()
	if e.addr.Addr().Is4() || e.both {
		err = errors.Join(err, setFamilyOptions(fd, unix.IPPROTO_IP,
			unix.IP_MTU_DISCOVER, unix.IP_PMTUDISC_OMIT, unix.IP_PKTINFO, all && !e.both))
	}
	if e.addr.Addr().Is6() {
		err = errors.Join(err, unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, flag(!e.both)),
			setFamilyOptions(fd, unix.IPPROTO_IPV6,
				unix.IPV6_MTU_DISCOVER, unix.IPV6_PMTUDISC_OMIT, unix.IPV6_RECVPKTINFO, all))
	}
	return err
}

// setFamilyOptions sets the options that each family has of its own.
//
// Path MTU discovery is ignored: who forges "fragmentation needed" could
// otherwise make replies be split, and slip in fragments of their own.
func setFamilyOptions(fd, level, mtuDiscover, omit, pktinfo int, withPktinfo bool) error {
	return errors.Join(
		unix.SetsockoptInt(fd, level, mtuDiscover, omit),
		unix.SetsockoptInt(fd, level, pktinfo, flag(withPktinfo)))
}

func flag(on bool) int {
	if on {
		return 1
	}
	return 0
}

// Sockaddr is a for bind(2). A link-local address needs the zone that names
// its interface; one that does not exist becomes EADDRNOTAVAIL.
func Sockaddr(a netip.AddrPort) unix.Sockaddr {
	if a.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}
	}
	sa := &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16()}
	if ifi, err := net.InterfaceByName(a.Addr().Zone()); err == nil {
		sa.ZoneId = uint32(ifi.Index)
	}
	return sa
}

// ListenError says what an operator can do about err, with which listening on a
// failed. protocol is UDP or TCP.
func ListenError(protocol string, a netip.AddrPort, err error) error {
	what := fmt.Sprintf("listen on %s (%s)", a, protocol)
	switch {
	case errors.Is(err, unix.EADDRINUSE):
		return fmt.Errorf("%s: another program has this port: stop it (ss -%clnp 'sport = %d' names it) or change dns-addr in [Dns]", what, protocol[0]|0x20, a.Port())
	case errors.Is(err, unix.EADDRNOTAVAIL):
		return fmt.Errorf("%s: this machine has no such address: add it to an interface or change dns-addr in [Dns]", what)
	case errors.Is(err, unix.EAFNOSUPPORT):
		return fmt.Errorf("%s: this machine has no IPv6: take the address out of dns-addr in [Dns]", what)
	case errors.Is(err, unix.EACCES):
		return fmt.Errorf("%s: no permission for ports below 1024: run as root, give the binary CAP_NET_BIND_SERVICE, or change dns-addr in [Dns]", what)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// socketMemory is the kernel's count of datagrams that found the socket's
// receive buffer full (SK_MEMINFO_DROPS, 32 bits wide), continued from before,
// and how full that is, in thousandths.
func socketMemory(fd int, before uint64) (drops, fill uint64) {
	var info [9]uint32 // SK_MEMINFO_VARS: in the buffer, its size, …, drops
	size := uint32(unsafe.Sizeof(info))
	_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), unix.SOL_SOCKET, unix.SO_MEMINFO,
		uintptr(unsafe.Pointer(&info)), uintptr(unsafe.Pointer(&size)), 0)
	if errno != 0 {
		return before, 0
	}
	return before + uint64(info[8]-uint32(before)), 1000 * uint64(info[0]) / uint64(max(1, info[1]))
}
