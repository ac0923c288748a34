package exception

import (
	"encoding/binary"
	"errors"

	"golang.org/x/sys/unix"

	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/netio"
	"github.com/ipdcode/skydns/dataplane/wire"
)

const (
	prefixLen  = 2      // of a message over TCP (RFC 1035 section 4.2.2)
	maxMessage = 0xffff // octets, without the prefix

	// readSize is how much one turn reads of one connection: some 300 queries.
	readSize = 16 << 10

	// writeSize is how much one write takes, and so the most that is held for a
	// client that does not read.
	writeSize = 128 << 10
)

// exchange is the batch under way: the queries of one connection, and the
// memory that all batches use in turn.
type exchange struct {
	conn  *conn
	data  []byte // what the connection has sent, from the batch's first query on
	next  int    // offset in data of what follows the batch
	short bool   // there follows a length that no message has

	start [engine.BatchSize]int // offsets in data of the queries
	slots []byte                // maxMessage for each query and its reply
	input []byte
	write []byte
}

func newExchange() exchange {
	return exchange{
		slots: make([]byte, engine.BatchSize*maxMessage),
		input: make([]byte, prefixLen+maxMessage+readSize),
		write: make([]byte, 0, writeSize),
	}
}

// read begins an exchange with c: it takes what c has kept, and reads on
// unless that holds a message already.
func (q *TCPQueue) read(c *conn) {
	x := &q.exchange
	have := copy(x.input, c.in)
	x.conn, x.next, x.short = c, 0, false
	x.data = x.input[:have]
	if _, ok := x.message(); ok || x.short || c.eof {
		return
	}
	n, err := unix.Read(c.fd, x.input[have:have+readSize])
	switch {
	case err == nil && n == 0:
		c.eof = true
	case err == nil:
		x.data = x.input[:have+n]
	default:
		c.broken = !errors.Is(err, unix.EAGAIN) && !errors.Is(err, unix.EINTR)
	}
}

// message is the message at next; false if it has not arrived whole, or its
// length is too short for one.
func (x *exchange) message() (m []byte, ok bool) {
	x.short = false
	rest := x.data[x.next:]
	if len(rest) < prefixLen {
		return nil, false
	}
	n := int(binary.BigEndian.Uint16(rest))
	x.short = n < wire.HeaderLen
	if x.short || len(rest)-prefixLen < n {
		return nil, false
	}
	return rest[prefixLen : prefixLen+n], true
}

// take fills the batch from the exchange. Without a whole query the exchange is over.
func (q *TCPQueue) take(b *engine.Batch) {
	x := &q.exchange
	c := x.conn
	x.data, x.next = x.data[x.next:], 0
	for b.N < engine.BatchSize && c.queries < q.config.MaxQueries {
		m, ok := x.message()
		if !ok {
			break
		}
		slot := x.slots[b.N*maxMessage:][:maxMessage:maxMessage]
		b.Msg[b.N] = slot[:copy(slot, m)]
		b.Client[b.N] = c.client
		x.start[b.N] = x.next
		x.next += prefixLen + len(m)
		c.queries++
		b.N++
	}
	if b.N == 0 {
		q.settle(false)
	}
}

// Send implements netio.Queue. Where the client does not read, the replies
// that were put into one write are kept, and the queries behind them taken
// back, to be answered once it does.
func (q *TCPQueue) Send(b *engine.Batch) {
	x := &q.exchange
	out := x.write
	for i, m := range b.Msg[:b.N] {
		if len(m) == 0 {
			continue
		}
		if len(out)+prefixLen+len(m) > writeSize {
			if !q.put(out) {
				x.next = x.start[i]
				x.conn.queries -= b.N - i
				break
			}
			out = out[:0]
		}
		out = binary.BigEndian.AppendUint16(out, uint16(len(m)))
		out = append(out, m...)
	}
	if len(out) > 0 && len(x.conn.out) == 0 && !x.conn.broken {
		q.put(out)
	}
	if x.conn.broken {
		q.drops.Add(netio.DropSend, uint64(b.N))
	}
	q.settle(true)
}

// put writes replies to the connection of the exchange. It returns false if the
// client has to read first: what was not written waits with the connection then.
func (q *TCPQueue) put(out []byte) bool {
	c := q.exchange.conn
	n, err := unix.Write(c.fd, out)
	if err != nil && !errors.Is(err, unix.EAGAIN) && !errors.Is(err, unix.EINTR) {
		c.broken = true
		return false
	}
	n = max(n, 0)
	if n == len(out) {
		return true
	}
	q.hold(c, out[n:])
	return false
}

// settle decides what becomes of the connection of the exchange: it goes on
// with the next batch, waits, or ends. asked tells that it had a query.
func (q *TCPQueue) settle(asked bool) {
	x := &q.exchange
	c := x.conn
	_, more := x.message()
	rest := x.data[x.next:]
	switch {
	case c.broken:
		q.end(c, Broken)
	case len(c.out) > 0:
		q.keep(c, rest)
		q.writing.push(c, q.now)
		if q.watch(unix.EPOLL_CTL_MOD, c.fd, unix.EPOLLOUT) != nil {
			q.end(c, Broken)
		}
	case x.short:
		q.leave(c, ShortMessage)
	case c.queries >= q.config.MaxQueries:
		q.leave(c, QueryLimit)
	case more:
		return
	case c.eof:
		q.end(c, ByClient)
	default:
		q.keep(c, rest)
		if list := q.waitingList(c); asked || c.list != list {
			list.push(c, q.now)
		}
	}
	x.conn = nil
	q.makeRoom()
}
