package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"

	"golang.org/x/sys/unix"
)

// socketBuffer is each socket's, in octets, if -b says nothing: thousands of
// answers, for the asker must not be what loses them.
const socketBuffer = 4 << 20

// openSockets connects a socket to the server for each client and port. The
// clients are addresses, none for the system's choice.
func openSockets(server netip.AddrPort, clients []netip.Addr, ports, buffer int) (*sockets, error) {
	s := &sockets{out: newMessages(), in: newMessages()}
	if len(clients) == 0 {
		clients = []netip.Addr{{}}
	}
	for _, c := range clients {
		for range ports {
			fd, err := connect(c, server, buffer)
			if err != nil {
				return nil, errors.Join(err, s.close())
			}
			s.poll = append(s.poll, unix.PollFd{Fd: int32(fd), Events: unix.POLLIN})
		}
	}
	return s, nil
}

// connect opens a socket from a client's address, if it is valid, to the server.
func connect(client netip.Addr, server netip.AddrPort, buffer int) (int, error) {
	family := unix.AF_INET6
	if server.Addr().Is4() {
		family = unix.AF_INET
	}
	fd, err := unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if errors.Is(err, unix.EMFILE) {
		return 0, errors.New("too many sockets: raise the limit (ulimit -n) or take fewer clients (-A) and ports (-P)")
	} else if err != nil {
		return 0, fmt.Errorf("open a socket: %w", err)
	}
	for _, option := range [][2]int{{unix.SO_RCVBUFFORCE, unix.SO_RCVBUF}, {unix.SO_SNDBUFFORCE, unix.SO_SNDBUF}} {
		// Beyond the system's limit only for the privileged; others get the limit.
		if unix.SetsockoptInt(fd, unix.SOL_SOCKET, option[0], buffer) != nil {
			_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, option[1], buffer)
		}
	}
	if client.IsValid() {
		if err := unix.Bind(fd, sockaddr(netip.AddrPortFrom(client, 0))); err != nil {
			unix.Close(fd)
			return 0, fmt.Errorf("ask from %s: %w: give addresses of this machine (-A) of the server's family", client, err)
		}
	}
	if err := unix.Connect(fd, sockaddr(server)); err != nil {
		unix.Close(fd)
		return 0, fmt.Errorf("ask %s: %w: change -s, -p or -A", server, err)
	}
	return fd, nil
}

// sockaddr is a for bind(2) and connect(2).
func sockaddr(a netip.AddrPort) unix.Sockaddr {
	if a.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}
	}
	sa := &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16()}
	if i, err := net.InterfaceByName(a.Addr().Zone()); err == nil {
		sa.ZoneId = uint32(i.Index)
	}
	return sa
}
