package exception

import (
	"encoding/binary"
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipdcode/skydns/dataplane/engine"
)

// conn is one connection. It is in one list always.
type conn struct {
	fd      int
	client  engine.Client
	queries int    // taken so far
	in      []byte // arrived, and not taken yet: less than a message, but while out is not empty
	out     []byte // replies that the kernel did not take yet
	eof     bool   // the client sends no more
	broken  bool   // a read or a write failed
	why     End    // of a connection that leaves: the reason

	list       *list
	since      time.Duration // in the list
	prev, next *conn
}

// waitingList is where a connection waits for its next query.
func (q *TCPQueue) waitingList(c *conn) *list {
	if len(c.in) > 0 {
		return &q.partial
	}
	return &q.idle
}

// makeRoom ends connections that hold memory, until the rest hold no more than
// they may. Those that have held it longest go first.
func (q *TCPQueue) makeRoom() {
	for q.held > q.config.MaxHeld {
		c := older(q.partial.first, q.writing.first)
		if c == nil {
			return
		}
		q.end(c, Memory)
	}
}

// keep holds what arrived and was not taken. It accounts for the memory.
func (q *TCPQueue) keep(c *conn, rest []byte) {
	q.held -= int64(cap(c.in))
	if len(rest) == 0 {
		c.in = nil
	} else {
		c.in = append(c.in[:0], rest...)
	}
	q.held += int64(cap(c.in))
}

// hold keeps replies for a client that does not read as fast as it asks.
func (q *TCPQueue) hold(c *conn, rest []byte) {
	q.held -= int64(cap(c.out))
	c.out = append([]byte(nil), rest...)
	q.held += int64(cap(c.out))
}

// flush sends what waits for c; true once all of it is sent.
func (q *TCPQueue) flush(c *conn) bool {
	n, err := unix.Write(c.fd, c.out)
	switch {
	case err == nil && n == len(c.out):
		q.held -= int64(cap(c.out))
		c.out = nil
		q.idle.push(c, q.now)
		if err := q.watch(unix.EPOLL_CTL_MOD, c.fd, unix.EPOLLIN); err != nil {
			q.end(c, Broken)
			return false
		}
		return true
	case err == nil:
		c.out = c.out[n:]
		q.held -= int64(n)
	case !errors.Is(err, unix.EAGAIN) && !errors.Is(err, unix.EINTR):
		q.end(c, Broken)
	}
	return false
}

// leave ends a connection so that the client gets the last replies: no more is
// sent, and what still arrives is read, for to close before that would reset it.
func (q *TCPQueue) leave(c *conn, why End) {
	if unix.Shutdown(c.fd, unix.SHUT_WR) != nil {
		q.end(c, Broken)
		return
	}
	q.keep(c, nil)
	c.why = why
	q.leaving.push(c, q.now)
}

// leaveAll leaves every connection, and reports whether all clients have
// acknowledged what they were sent and the end.
func (q *TCPQueue) leaveAll() bool {
	acknowledged := true
	for _, c := range q.conns {
		if c.list != &q.leaving {
			if q.leave(c, Shutdown); c.list == nil {
				continue // it was broken
			}
		}
		waiting, err := unix.IoctlGetInt(c.fd, unix.SIOCOUTQ)
		acknowledged = acknowledged && err == nil && waiting == 0
	}
	return acknowledged
}

// discard reads what comes from a client that is being left.
func (q *TCPQueue) discard(c *conn) {
	n, err := unix.Read(c.fd, q.exchange.input[:readSize])
	if n == 0 || err != nil && !errors.Is(err, unix.EAGAIN) && !errors.Is(err, unix.EINTR) {
		q.end(c, ByClient)
	}
}

// end closes a connection. One whose memory is wanted back is reset, so that
// the kernel keeps nothing of it either. One that leaves has its reason already.
func (q *TCPQueue) end(c *conn, why End) {
	if c.list == &q.leaving {
		why = c.why
	}
	q.keep(c, nil)
	q.held -= int64(cap(c.out))
	c.out = nil
	c.unlink()
	delete(q.conns, int32(c.fd))
	if why == Stalled || why == Memory {
		reset(c.fd)
	} else {
		unix.Close(c.fd)
	}
	q.limits.leave(c.client)
	q.counters.end(why)
}

// reset closes a connection at once, and what waits in it is lost.
func reset(fd int) {
	_ = unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
	unix.Close(fd)
}

// clientOf is a socket address as the engine wants it.
func clientOf(sa unix.Sockaddr) engine.Client {
	var a [16]byte
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		a[10], a[11] = 0xff, 0xff
		copy(a[12:], sa.Addr[:])
	case *unix.SockaddrInet6:
		a = sa.Addr
	}
	return engine.Client{Hi: binary.BigEndian.Uint64(a[:8]), Lo: binary.BigEndian.Uint64(a[8:])}
}
