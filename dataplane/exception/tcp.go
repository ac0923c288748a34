package exception

import (
	"fmt"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sys/unix"

	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/netio"
)

const (
	receiveWait = 100 * time.Millisecond // bounds Receive's wait
	bindEvery   = time.Second            // between tries to listen on an absent address
	drainTime   = time.Second            // after Close, for replies that clients do not read
	pollEvents  = 256                    // sockets that one wait returns
)

// TCPQueue serves DNS over TCP. It implements netio.Queue: a batch is what one
// connection has sent, up to engine.BatchSize queries, and the replies go out
// in one write. Queries of one connection are answered in the order in which
// they came; connections do not wait for each other.
//
// A connection costs a small record while it is idle. Memory for messages is
// held only for a client that sends or reads slowly, up to MaxHeld in all, and
// not for longer than the timeouts say.
type TCPQueue struct {
	config    TCPConfig
	limits    *limits
	poll      int // epoll
	listeners []int
	unbound   []netip.AddrPort // addresses that could not be listened on yet
	bindAt    time.Duration    // when to try them again
	acceptAt  time.Duration    // when to accept again; 0: now
	conns     map[int32]*conn  // by file descriptor
	idle      list             // wait for a query
	partial   list             // wait for the rest of one
	writing   list             // wait for the client to read
	leaving   list             // shut down: wait for the client to close
	held      int64            // octets in buffers of connections
	began     time.Time
	now       time.Duration // since began, at the last wait

	events   [pollEvents]unix.EpollEvent
	ready    []unix.EpollEvent // those of events that were not looked at yet
	exchange exchange

	closed     atomic.Bool
	drainUntil time.Duration // 0: not closed yet

	drops    netio.Drops
	counters TCPCounters
}

// NewTCPQueues opens n queues on the same addresses, with common limits. The
// error names the address and what to do.
func NewTCPQueues(c TCPConfig, n int) ([]*TCPQueue, error) {
	limits := newLimits(c.MaxConnections, c.MaxPerClient)
	queues := make([]*TCPQueue, 0, n)
	for range n {
		q, err := newTCPQueue(c, limits)
		if err != nil {
			for _, q := range queues {
				q.release()
			}
			return nil, err
		}
		queues = append(queues, q)
		c.Log = zerolog.Nop() // the first speaks for all
	}
	return queues, nil
}

func newTCPQueue(c TCPConfig, limits *limits) (*TCPQueue, error) {
	poll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("make an epoll for TCP: %w", err)
	}
	q := &TCPQueue{
		config: c, limits: limits, poll: poll,
		unbound: append([]netip.AddrPort(nil), c.Addresses...),
		conns:   map[int32]*conn{}, exchange: newExchange(), began: time.Now(), bindAt: bindEvery,
	}
	err = q.bind()
	switch {
	case err == nil:
	case c.Absent:
		c.Log.Warn().Err(err).Msg("not listening on all addresses yet: trying again every second")
	default:
		q.release()
		return nil, err
	}
	return q, nil
}

// Receive implements netio.Queue.
func (q *TCPQueue) Receive(b *engine.Batch) bool {
	b.N, b.Stream = 0, true
	if q.exchange.conn != nil {
		q.take(b) // what the last batch had no room for
	}
	if b.N == 0 && len(q.ready) == 0 && !q.wait() {
		q.release()
		return false
	}
	for b.N == 0 && len(q.ready) > 0 {
		event := &q.ready[0]
		q.ready = q.ready[1:]
		q.serve(int(event.Fd), b)
	}
	return true
}

// wait ends the connections whose time is over, all that they sent before having
// been read, and waits for sockets that are ready. It returns false when a closed
// queue has nothing more to do.
func (q *TCPQueue) wait() bool {
	if q.closed.Load() && q.drainUntil == 0 {
		q.drainUntil = q.now + drainTime
		q.stopListening()
	}
	timeout := receiveWait
	if q.drainUntil != 0 {
		timeout = receiveWait / 10
	}
	q.now = time.Since(q.began)
	q.expire()
	q.retryBind()
	q.resumeAccept()
	q.makePlace()
	n, _ := unix.EpollWait(q.poll, q.events[:], int(timeout.Milliseconds()))
	q.ready = q.events[:max(n, 0)]
	q.now = time.Since(q.began)
	switch {
	case q.drainUntil == 0:
		return true
	case q.now >= q.drainUntil:
		return false
	case len(q.ready) > 0 || q.writing.first != nil:
		return true
	}
	return q.config.Acknowledged && !q.leaveAll()
}

// expire ends the connections whose time is over.
func (q *TCPQueue) expire() {
	q.endBefore(&q.idle, q.config.IdleTimeout, Idle)
	q.endBefore(&q.partial, q.config.IdleTimeout, Idle)
	q.endBefore(&q.writing, q.config.WriteTimeout, Stalled)
	q.endBefore(&q.leaving, q.config.LingerTime, ByClient)
}

// endBefore ends the connections that have been in the list for so long.
func (q *TCPQueue) endBefore(l *list, timeout time.Duration, why End) {
	for c := l.first; c != nil && q.now-c.since >= timeout; c = l.first {
		q.end(c, why)
	}
}

// serve does what there is to do with a socket that is ready.
func (q *TCPQueue) serve(fd int, b *engine.Batch) {
	c := q.conns[int32(fd)]
	switch {
	case c == nil:
		if q.isListener(fd) {
			q.accept(fd)
		}
	case c.list == &q.leaving:
		q.discard(c)
	case len(c.out) > 0 && !q.flush(c):
	default:
		q.read(c)
		q.take(b)
	}
}

// stopListening takes the connections that are complete and no more.
func (q *TCPQueue) stopListening() {
	for _, fd := range q.listeners {
		for range backlog / acceptRound {
			q.accept(fd)
		}
		unix.Close(fd)
	}
	q.listeners, q.unbound = nil, nil
}

// release ends every connection and gives everything back.
func (q *TCPQueue) release() {
	for _, fd := range q.listeners {
		unix.Close(fd)
	}
	for _, c := range q.conns {
		q.end(c, Shutdown)
	}
	unix.Close(q.poll)
}

// Drops implements netio.Queue.
func (q *TCPQueue) Drops() *netio.Drops { return &q.drops }

// Counters is what became of the queue's connections.
func (q *TCPQueue) Counters() *TCPCounters { return &q.counters }

// Close implements netio.Queue: what has arrived is still answered.
func (q *TCPQueue) Close() error {
	q.closed.Store(true)
	return nil
}

func (q *TCPQueue) watch(op, fd int, events uint32) error {
	return unix.EpollCtl(q.poll, op, fd, &unix.EpollEvent{Events: events, Fd: int32(fd)})
}
