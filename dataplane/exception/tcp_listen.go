package exception

import (
	"errors"
	"net/netip"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/netio"
)

// backlog is how many connections the kernel completes ahead of accept; its
// own limit (net.core.somaxconn) may be lower.
const backlog = 4096

// acceptRound is the most connections that one look at a listener takes, so
// that those already here have their turn.
const acceptRound = 64

// listen opens a listening socket that other queues may share. With free the
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

// accept takes the connections that a listener has.
func (q *TCPQueue) accept(listener int) {
	for range acceptRound {
		fd, from, err := unix.Accept4(listener, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		switch {
		case err == nil:
			q.admit(fd, clientOf(from))
		case errors.Is(err, unix.EAGAIN):
			return
		case errors.Is(err, unix.EMFILE), errors.Is(err, unix.ENFILE), errors.Is(err, unix.ENOBUFS), errors.Is(err, unix.ENOMEM):
			q.counters.add(NoResources)
			if !q.evict() {
				q.pauseAccept()
				return
			}
		}
		// Everything else is about one connection that ended before we took it.
	}
}

// pauseAccept leaves new connections to the kernel for a while: a listener that
// has one, for which there are no resources, would wake the loop at once.
func (q *TCPQueue) pauseAccept() {
	q.acceptAt = q.now + receiveWait
	q.watchListeners(0)
}

// resumeAccept ends the pause when its time is over.
func (q *TCPQueue) resumeAccept() {
	if q.acceptAt != 0 && q.now >= q.acceptAt {
		q.acceptAt = 0
		q.watchListeners(unix.EPOLLIN)
	}
}

func (q *TCPQueue) watchListeners(events uint32) {
	for _, fd := range q.listeners {
		_ = q.watch(unix.EPOLL_CTL_MOD, fd, events) // it is watched: nothing is there to fail
	}
}

// admit makes a connection of fd, in place of the oldest idle one where there
// is no room, or resets it and asks the other queues for a place.
func (q *TCPQueue) admit(fd int, client engine.Client) {
	end := q.limits.enter(client)
	if end == Full {
		if q.evict() {
			end = q.limits.enter(client)
		} else {
			q.limits.ask()
		}
	}
	if end != open {
		q.counters.add(end)
		reset(fd)
		return
	}
	c := &conn{fd: fd, client: client}
	if err := q.watch(unix.EPOLL_CTL_ADD, fd, unix.EPOLLIN); err != nil {
		q.limits.leave(client)
		q.counters.add(NoResources)
		reset(fd)
		return
	}
	q.conns[int32(fd)] = c
	q.idle.push(c, q.now)
	q.counters.accept()
}

// makePlace ends a connection that waits if another queue has none to end for
// a new one.
func (q *TCPQueue) makePlace() {
	if q.limits.asked() && q.evict() {
		q.limits.answer()
	}
}

func (q *TCPQueue) isListener(fd int) bool { return slices.Contains(q.listeners, fd) }

// evict ends the connection that has waited longest for a query, or for the
// rest of one; false if none waits.
func (q *TCPQueue) evict() bool {
	c := older(q.idle.first, q.partial.first)
	if c == nil {
		return false
	}
	q.end(c, Evicted)
	return true
}
