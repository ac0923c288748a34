//go:build dpdk

package netio

import (
	"sync/atomic"
	"unsafe"

	"github.com/ipdcode/skydns/cgo/dpdk"
	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/frame"
)

// DPDKQueue is one receive and one transmit queue of a DPDK port. It
// implements Queue. A turn is two C calls. Receive
// waits only where DPDKConfig.Sleep lets it.
//
// Frames that are not queries to us go to the exception port, or are dropped
// and counted by verdict. The
// memory of a message is its frame's, in DPDK's pool: it goes back there with
// Send.
type DPDKQueue struct {
	port  *dpdkPort
	queue int
	local *frame.Local
	burst *dpdk.Burst

	// slot is, for each query of the batch under way, its frame in the burst,
	// and start where the message begins in it.
	slot  [engine.BatchSize]uint8
	start [engine.BatchSize]uint8

	// usual is the octets of message in each frame of the burst that has the
	// usual shape, 0 for the others, and reply the octets of the replies that
	// frame.ReplyUsual is to frame.
	usual, reply [engine.BatchSize]uint16
	held         int  // frames of the burst
	allUsual     bool // all of these have the usual shape, so query k of the batch is frame k

	exceptions *dpdkExceptions // nil: there is no exception port
	sleeps     bool            // when it is idle
	idle       idle

	drops    Drops
	attached bool // the owner's thread is registered with DPDK
	drained  int  // turns since Close
	closed   atomic.Bool
}

// A burst fits into a batch exactly.
var _ [engine.BatchSize - dpdk.BurstSize]struct{} = [0]struct{}{}

// Receive implements Queue.
func (q *DPDKQueue) Receive(b *engine.Batch) bool {
	b.N = 0
	if !q.attached {
		q.attach()
	}
	closing := q.closed.Load()
	if closing && q.drained == drainTurns {
		q.release()
		return false
	}
	if q.exceptions != nil {
		q.exceptions.beginTurn(q)
	}
	n := q.burst.Receive(q.port.port, q.queue)
	if n > 0 {
		q.fill(b, n)
	}
	if q.sleeps {
		q.idle.turn(n)
	}
	if closing {
		return q.drain(n)
	}
	return true
}

// fill makes a batch of the queries in a burst of n frames.
func (q *DPDKQueue) fill(b *engine.Batch, n int) {
	data, length, room := q.burst.Frames(n)
	q.local.ParseUsual(data, length, room, q.usual[:n])
	q.held = n
	queries := q.fillUsual(b, data, room)
	q.allUsual = queries == n
	for i := queries; i < min(n, engine.BatchSize); i++ {
		k := queries % engine.BatchSize // spares bounds checks, as do both min
		if place(b, k, data[i], room[i], q.usual[i], q.port.maxMessage) {
			q.start[k] = frame.UsualStart
		} else if !q.parse(b, i, k) {
			continue
		}
		q.slot[k] = uint8(i)
		queries++
	}
	if b.N = queries; queries == 0 {
		q.transmit() // frees the frames: nobody calls Send
	}
}

// fillUsual makes a batch of the first frames of a burst, as many as have the
// usual shape, and returns their number: nearly always it is all of them
// (bench/dpdk).
func (q *DPDKQueue) fillUsual(b *engine.Batch, data []unsafe.Pointer, room []uint16) int {
	q.slot, q.start = inOrder, usualStarts
	n := min(len(data), engine.BatchSize)
	room = room[:n]
	most := q.port.maxMessage
	for i := range n {
		if !place(b, i, data[i], room[i], q.usual[i], most) {
			return i
		}
	}
	return n
}

// inOrder and usualStarts are DPDKQueue.slot and start where all frames of a
// burst have the usual shape.
var inOrder, usualStarts = func() (slot, start [engine.BatchSize]uint8) {
	for i := range slot {
		slot[i], start[i] = uint8(i), frame.UsualStart
	}
	return slot, start
}()

// message is a []byte as it lies in memory. To store one takes no write
// barrier, and needs none: it is of a frame, and so is what it replaces, outside
// of Go's memory (bench/dpdk).
type message struct {
	data     uintptr
	len, cap int
}

// place makes query k of a frame of the usual shape, which has size octets of
// message. It returns false if it has not that shape, size being 0, or is longer
// than most.
func place(b *engine.Batch, k int, data unsafe.Pointer, room, size uint16, most int) bool {
	limit := min(int(room)-frame.UsualStart, most)
	if size == 0 || int(size) > limit {
		return false
	}
	(*[engine.BatchSize]message)(unsafe.Pointer(&b.Msg))[k] = message{uintptr(data) + frame.UsualStart, int(size), limit}
	b.Client[k] = engine.Client{Lo: frame.UsualClient(data)}
	return true
}

// parse makes query k of the batch of frame i, of any shape. It returns false
// if that is none.
func (q *DPDKQueue) parse(b *engine.Batch, i, k int) bool {
	f := q.burst.Frame(i)
	q.usual[i] = 0
	found, v := q.local.Parse(f, frame.Sums(q.burst.Good(i)))
	if v != frame.Query {
		q.refuse(i, v)
		return false
	}
	limit := min(cap(f), frame.LinkLen(f)+q.port.mtu)
	if found.End > limit {
		q.refuse(i, v)
		return false
	}
	b.Msg[k] = f[found.Start:found.End:limit]
	b.Client[k] = engine.Client{Hi: found.Hi, Lo: found.Lo}
	q.start[k] = uint8(found.Start)
	return true
}

// refuse gives frame i of the burst to the kernel or counts it as dropped, and
// lets it be freed with the others.
func (q *DPDKQueue) refuse(i int, v frame.Verdict) {
	switch {
	case v == frame.Query:
		q.drops.Add(DropOversize, 1)
	case !q.punt(i, v):
		q.drops.Add(DropVerdict(v), 1)
	}
	q.burst.SetLen(i, 0)
}

// Send implements Queue.
func (q *DPDKQueue) Send(b *engine.Batch) {
	if !q.allUsual || q.port.sums != 0 || !q.replyAllUsual(b) {
		q.replyEach(b)
	}
	data, length, _ := q.burst.Frames(q.held)
	frame.ReplyUsual(data, q.reply[:len(data)], length)
	q.transmit()
}

// replyAllUsual leaves the replies to frames of the usual shape to
// frame.ReplyUsual. It returns false if that cannot take one.
func (q *DPDKQueue) replyAllUsual(b *engine.Batch) bool {
	for k := range min(b.N, engine.BatchSize) {
		n := len(b.Msg[k])
		if uint(n-1) >= frame.UsualMost {
			return false
		}
		q.reply[k] = uint16(n)
	}
	return true
}

// replyEach frames the replies that frame.ReplyUsual does not take.
func (q *DPDKQueue) replyEach(b *engine.Batch) {
	clear(q.reply[:])
	plain := q.port.sums == 0
	for k := range min(b.N, engine.BatchSize) {
		i, n := int(q.slot[k])%engine.BatchSize, len(b.Msg[k])
		if plain && q.usual[i] != 0 && uint(n-1) < frame.UsualMost {
			q.reply[i] = uint16(n)
			continue
		}
		if n > 0 {
			f := q.burst.Frame(i)
			n = frame.Reply(f[:int(q.start[k])+n], n, q.port.sums)
		}
		q.burst.SetLen(i, n)
	}
}

func (q *DPDKQueue) transmit() {
	q.burst.Transmit(q.port.port, q.queue, dpdk.Sums(q.port.sums))
	if unsent := q.burst.Unsent(); unsent != q.drops.Load(DropSend) {
		q.drops.Set(DropSend, unsent)
	}
}

// attach registers the owner's thread, which makes its frames come from a
// cache of its own. DPDK has a bound on threads; without a place there the
// queue works, only slower.
func (q *DPDKQueue) attach() {
	q.attached = true
	if err := dpdk.RegisterThread(); err != nil {
		q.port.log.Warn().Err(err).Int("queue", q.queue).Msg("this queue works without a cache of frames, and slower: give EAL fewer lcores in eal, as --lcores 0@0")
	}
}

// drain says whether to go on after Close, when a burst of n frames was
// received: until there is nothing left, of the kernel's neither, or for drainTurns.
func (q *DPDKQueue) drain(n int) bool {
	q.drained++
	more := n > 0 || q.exceptions != nil && q.exceptions.waiting()
	if !more {
		q.release()
	}
	return more
}

// release gives back what the queue holds; the port's last queue closes it.
func (q *DPDKQueue) release() {
	q.burst.Free()
	if q.exceptions != nil {
		q.exceptions.release()
	}
	dpdk.UnregisterThread()
	q.port.leave()
}

// Drops implements Queue.
func (q *DPDKQueue) Drops() *Drops { return &q.drops }

// Close implements Queue. The port is closed when the last of its queues is
// done: by the Receive that returns false.
func (q *DPDKQueue) Close() error {
	q.closed.Store(true)
	return nil
}
