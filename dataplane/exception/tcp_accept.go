package exception

import (
	"errors"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/ipdcode/skydns/dataplane/engine"
)

// acceptRound is the most connections that one look at a listener takes, so
// that those already here have their turn.
const acceptRound = 64

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
