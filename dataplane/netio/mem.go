package netio

import (
	"sync/atomic"
	"time"

	"github.com/ipdcode/skydns/dataplane/engine"
)

// memMsgCap is how long a reply may be in the mem driver: as in the socket driver.
const memMsgCap = socketMsgCap

// Message is one query to the mem driver.
type Message struct {
	Msg    []byte
	Client engine.Client
}

// MemQueue serves messages from memory: queries in order, replies to OnReply.
// It implements Queue, for tests and benchmarks. The exported fields are set
// before the first Receive.
type MemQueue struct {
	// Messages are the queries. They are copied into the batch, never written.
	Messages []Message

	// Rounds is how often the messages are served; 0: until Close. After
	// the last round the queue is idle; closed before, it serves them all first.
	Rounds int

	// OnReply is called by Send for each reply that is not empty, with the
	// index of its query in Messages. The reply is valid during the call. May be nil.
	OnReply func(query int, reply []byte)

	buf    []byte
	query  [engine.BatchSize]int // of the batch under way
	next   int
	round  int
	drops  Drops
	closed atomic.Bool
}

// NewMemQueue serves messages for a number of rounds.
func NewMemQueue(messages []Message, rounds int) *MemQueue {
	return &MemQueue{Messages: messages, Rounds: rounds, buf: make([]byte, engine.BatchSize*memMsgCap)}
}

// Receive implements Queue. It never waits while there are messages.
func (q *MemQueue) Receive(b *engine.Batch) bool {
	b.N = 0
	closed := q.closed.Load()
	if closed && q.Rounds == 0 {
		return false
	}
	for b.N < engine.BatchSize && q.advance() {
		m := &q.Messages[q.next]
		room := q.buf[b.N*memMsgCap:][:memMsgCap:memMsgCap]
		n := copy(room, m.Msg)
		if n < len(m.Msg) {
			q.drops.Add(DropOversize, 1)
			n = 0
		}
		q.query[b.N], b.Msg[b.N], b.Client[b.N] = q.next, room[:n], m.Client
		b.N++
		q.next++
	}
	if b.N == 0 && !closed {
		time.Sleep(time.Millisecond)
	}
	return b.N > 0 || !closed
}

// advance makes next the index of a message that is to be served, if there is one.
func (q *MemQueue) advance() bool {
	if q.next == len(q.Messages) && q.next > 0 {
		q.next = 0
		q.round++
	}
	return len(q.Messages) > 0 && (q.Rounds == 0 || q.round < q.Rounds)
}

// Send implements Queue.
func (q *MemQueue) Send(b *engine.Batch) {
	if q.OnReply == nil {
		return
	}
	for i, reply := range b.Msg[:b.N] {
		if len(reply) > 0 {
			q.OnReply(q.query[i], reply)
		}
	}
}

// Drops implements Queue.
func (q *MemQueue) Drops() *Drops { return &q.drops }

// Close implements Queue.
func (q *MemQueue) Close() error {
	q.closed.Store(true)
	return nil
}
