package netio

import (
	"errors"
	"net/netip"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipdcode/skydns/dataplane/engine"
)

const (
	// receiveWait bounds Receive's wait.
	receiveWait = 100 * time.Millisecond

	// drainTurns bounds how many batches are still answered after Close:
	// under load new queries arrive for ever.
	drainTurns = 64

	// overflowTurns is how many turns pass between two looks at the kernel's
	// own count of drops, which costs a system call a socket. An idle queue
	// looks each time that it has waited in vain.
	overflowTurns = 256
)

// SocketQueue serves kernel UDP sockets: one for each listen address, each
// sharing its address by SO_REUSEPORT with the sockets of other queues, among
// which the kernel spreads the clients. It implements Queue.
//
// A turn is two system calls with one listen address: a receive that waits
// and a send. With several it is a poll, and these two for each address that has queries.
type SocketQueue struct {
	sockets []socket
	poll    []unix.PollFd // one for each socket, in the same order
	wait    unix.Timespec
	first   int // the socket that is served first, in turn
	msgs    *mmsgs
	drops   Drops
	turns   uint64
	drained int // turns since Close
	closed  atomic.Bool
}

// socket is one bound socket and its share [from:to) of the batch under way.
type socket struct {
	fd       int
	pktinfo  bool // bound to all addresses: replies must name the one that was asked
	from, to int
	overflow uint64 // dropped by the kernel so far
}

// NewSocketQueue opens one socket for each address. The error names the
// address and what to do.
func NewSocketQueue(addrs []netip.AddrPort) (*SocketQueue, error) {
	return newSocketQueue(addrs, false)
}

// NewWaitingSocketQueue is NewSocketQueue for addresses that the machine need
// not have yet.
func NewWaitingSocketQueue(addrs []netip.AddrPort) (*SocketQueue, error) {
	return newSocketQueue(addrs, true)
}

func newSocketQueue(addrs []netip.AddrPort, waiting bool) (*SocketQueue, error) {
	if len(addrs) == 0 {
		return nil, errors.New("no address to listen on: set dns-addr in [Dns]")
	}
	q := &SocketQueue{msgs: newMmsgs()}
	for _, e := range endpoints(addrs) {
		e.waiting = waiting
		fd, err := e.open()
		if err != nil {
			q.release()
			return nil, err
		}
		q.sockets = append(q.sockets, socket{fd: fd, pktinfo: e.addr.Addr().IsUnspecified()})
		q.poll = append(q.poll, unix.PollFd{Fd: int32(fd), Events: unix.POLLIN})
	}
	return q, nil
}

// Receive implements Queue.
func (q *SocketQueue) Receive(b *engine.Batch) bool {
	b.N = 0
	for i := range q.sockets {
		q.sockets[i].from, q.sockets[i].to = 0, 0
	}
	switch {
	case q.closed.Load():
		return q.drain(b)
	case len(q.sockets) == 1:
		q.receiveFrom(&q.sockets[0], b, unix.MSG_WAITFORONE)
	default:
		q.receiveReady(b)
	}
	if q.turns++; b.N == 0 || q.turns%overflowTurns == 0 {
		q.countOverflow()
	}
	return true
}

// receiveReady waits for any of the sockets, then takes what those that are
// ready have. Which comes first changes from turn to turn, so that a busy
// address cannot fill every batch alone.
func (q *SocketQueue) receiveReady(b *engine.Batch) {
	q.wait = unix.NsecToTimespec(receiveWait.Nanoseconds()) // the kernel writes what is left of it
	if poll(q.poll, &q.wait) == 0 {
		return
	}
	q.first = (q.first + 1) % len(q.sockets)
	for k := range q.sockets {
		i := (q.first + k) % len(q.sockets)
		if q.poll[i].Revents != 0 && b.N < engine.BatchSize {
			q.receiveFrom(&q.sockets[i], b, unix.MSG_DONTWAIT)
		}
	}
}

// receiveFrom adds what s has to the batch.
func (q *SocketQueue) receiveFrom(s *socket, b *engine.Batch, flags uintptr) {
	m := q.msgs
	m.prepare(b.N, engine.BatchSize, s.pktinfo)
	n := m.recv(s.fd, b.N, engine.BatchSize, flags)
	s.from, s.to = b.N, b.N+n
	for i := s.from; i < s.to; i++ {
		msg, truncated := m.message(i)
		if truncated {
			q.drops.Add(DropOversize, 1)
		}
		b.Msg[i], b.Client[i] = msg, m.client(i)
	}
	b.N = s.to
}

// drain takes, without waiting, what had arrived before Close. It ends the
// queue when there is no more or after drainTurns.
func (q *SocketQueue) drain(b *engine.Batch) bool {
	q.drained++
	for i := range q.sockets {
		if q.drained <= drainTurns && b.N < engine.BatchSize {
			q.receiveFrom(&q.sockets[i], b, unix.MSG_DONTWAIT)
		}
	}
	if b.N == 0 {
		q.countOverflow()
		q.release()
	}
	return b.N > 0
}

// countOverflow reads how many datagrams the kernel dropped because a
// socket's receive buffer was full, and how full the fullest of them is.
func (q *SocketQueue) countOverflow() {
	var total, fullest uint64
	for i := range q.sockets {
		s := &q.sockets[i]
		var fill uint64
		s.overflow, fill = socketMemory(s.fd, s.overflow)
		total += s.overflow
		fullest = max(fullest, fill)
	}
	q.drops.Set(DropOverflow, total)
	q.drops.SetFill(fullest)
}

// Drops implements Queue.
func (q *SocketQueue) Drops() *Drops { return &q.drops }

// Close implements Queue. The sockets are closed by the Receive that returns
// false: until then the owner may be using them.
func (q *SocketQueue) Close() error {
	q.closed.Store(true)
	return nil
}

func (q *SocketQueue) release() {
	for _, s := range q.sockets {
		unix.Close(s.fd)
	}
	q.sockets = nil
}
