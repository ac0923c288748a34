package exception

import (
	"errors"
	"net/netip"

	"golang.org/x/sys/unix"

	"github.com/ipdcode/skydns/dataplane/netio"
)

// backlog is how many connections the kernel completes ahead of accept; its
// own limit (net.core.somaxconn) may be lower.
const backlog = 4096

// listen opens a listening socket that other queues may share. With c.Absent the
// address need not exist yet: connections come when it does.
func listen(a netip.AddrPort, c *TCPConfig) (int, error) {
	a = netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
	family := unix.AF_INET6
	if a.Addr().Is4() {
		family = unix.AF_INET
	}
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return 0, netio.ListenError("TCP", a, err)
	}
	err = setListenOptions(fd, a, c)
	if err == nil {
		err = unix.Bind(fd, netio.Sockaddr(a))
	}
	if err == nil {
		err = unix.Listen(fd, backlog)
	}
	if err != nil {
		unix.Close(fd)
		return 0, netio.ListenError("TCP", a, err)
	}
	return fd, nil
}

// setListenOptions sets what must be set before the bind, and what connections
// inherit.
func setListenOptions(fd int, a netip.AddrPort, c *TCPConfig) error {
	err := errors.Join(
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1),
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1),
		unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1),
		// A peer that has gone does not keep what was sent to it in memory, even
		// after the end of the connection.
		unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int((c.WriteTimeout+c.IdleTimeout).Milliseconds())))
	if a.Addr().Is6() {
		err = errors.Join(err, unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 1))
	}
	if !c.Absent {
		return err
	}
	if a.Addr().Is6() {
		return errors.Join(err, unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_FREEBIND, 1))
	}
	return errors.Join(err, unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_FREEBIND, 1))
}

// bind listens on the addresses that it does not listen on yet, and returns
// the errors of those that it could not.
func (q *TCPQueue) bind() error {
	var errs error
	left := q.unbound[:0]
	for _, a := range q.unbound {
		fd, err := listen(a, &q.config)
		if err == nil {
			q.listeners = append(q.listeners, fd)
			err = q.watch(unix.EPOLL_CTL_ADD, fd, unix.EPOLLIN)
		}
		if err != nil {
			errs = errors.Join(errs, err)
			left = append(left, a)
		}
	}
	q.unbound = left
	return errs
}

// retryBind tries again what could not be bound, and says when the last is.
func (q *TCPQueue) retryBind() {
	if len(q.unbound) == 0 || q.now < q.bindAt {
		return
	}
	q.bindAt = q.now + bindEvery
	if q.bind() == nil {
		q.config.Log.Info().Msg("listening on all addresses (TCP)")
	}
}
