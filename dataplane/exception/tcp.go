package exception

import (
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

// TCPConfig says where TCP queues listen, and what a client may take.
// DefaultTCP has the limits.
type TCPConfig struct {
	Addresses []netip.AddrPort

	// Absent lets addresses be absent, or not to be had, and tries again: those
	// of a DPDK port are the kernel's only once its exception port is up.
	Absent bool

	IdleTimeout  time.Duration // from a connection's last whole query to its end
	WriteTimeout time.Duration // for a client to take the replies that wait for it
	LingerTime   time.Duration // for a client to see that we end the connection

	MaxConnections int   // of all queues together
	MaxPerClient   int   // of an IPv4 address or an IPv6 /64
	MaxQueries     int   // of a connection, which is then ended
	MaxHeld        int64 // octets that one queue holds for clients that send or read slowly

	Log zerolog.Logger
}

// DefaultTCP is the limits of RFC 7766 section 6.2 and RFC 9210 section 4 for a
// server with many clients that come for one query: none of them needs to be
// configured, because the oldest idle connection gives way.
func DefaultTCP() TCPConfig {
	return TCPConfig{
		IdleTimeout:    10 * time.Second,
		WriteTimeout:   10 * time.Second,
		LingerTime:     2 * time.Second,
		MaxConnections: min(8192, fileLimit()/2),
		MaxPerClient:   1024,
		MaxQueries:     1 << 20,
		MaxHeld:        32 << 20,
		Log:            zerolog.Nop(),
	}
}

// fileLimit is how many files this process may open.
func fileLimit() int {
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) != nil {
		return 1024
	}
	return int(min(limit.Cur, 1<<20))
}

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
	conns     map[int32]*conn  // by file descriptor
	idle      list             // wait for a query
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
	}
	return queues, nil
}

func newTCPQueue(c TCPConfig, limits *limits) (*TCPQueue, error) {
	poll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, netio.ListenError("TCP", c.Addresses[0], err)
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

// wait waits for sockets that are ready, and ends connections whose time is
// over. It returns false when a closed queue has nothing more to do.
func (q *TCPQueue) wait() bool {
	if q.closed.Load() && q.drainUntil == 0 {
		q.drainUntil = q.now + drainTime
		q.stopListening()
	}
	timeout := receiveWait
	if q.drainUntil != 0 {
		timeout = receiveWait / 10
	}
	n, _ := unix.EpollWait(q.poll, q.events[:], int(timeout.Milliseconds()))
	q.ready = q.events[:max(n, 0)]
	q.now = time.Since(q.began)
	q.expire()
	q.retryBind()
	if q.drainUntil == 0 {
		return true
	}
	return q.now < q.drainUntil && (len(q.ready) > 0 || q.writing.first != nil)
}

// expire ends the connections whose time is over.
func (q *TCPQueue) expire() {
	for c := q.idle.before(q.now - q.config.IdleTimeout); c != nil; c = q.idle.before(q.now - q.config.IdleTimeout) {
		q.end(c, Idle)
	}
	for c := q.writing.before(q.now - q.config.WriteTimeout); c != nil; c = q.writing.before(q.now - q.config.WriteTimeout) {
		q.end(c, Stalled)
	}
	for c := q.leaving.before(q.now - q.config.LingerTime); c != nil; c = q.leaving.before(q.now - q.config.LingerTime) {
		q.end(c, c.why)
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
		q.accept(fd)
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
