package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// batch is the most queries that go out together.
const batch = 64

// way is how queries get to the server and answers back: sockets, or a DPDK
// port. It belongs to one thread. A flow is a client's address and port.
type way interface {
	flows() int // how many there are
	run() uint  // 1<<run queries in a row are best sent by the same flow

	// room makes room for n queries, at most batch, and returns for how many
	// there is some.
	room(n int) int

	// put readies a query with an id for the next send: as many as there is
	// room for. send returns how many of them it has sent, the first ones.
	put(flow int, id uint16, query []byte)
	send() (sent int)

	// receive waits for answers, but not longer than told, and says how many
	// there are; answer is one of them, valid until the next receive.
	receive(wait time.Duration) int
	answer(i int) (flow int, msg []byte)

	close() error
}

// idleWait bounds how long a thread waits for answers before it looks what
// else there is to do.
const idleWait = 5 * time.Millisecond

// asker is one thread's work: it asks, hears and counts.
type asker struct {
	data    *data
	way     way
	window  *window
	pace    pace
	check   *checker  // nil: nothing is expected
	verbose io.Writer // nil: silent
	timeout int64     // ns
	limit   int64     // ns since the start; 0: none
	stop    *atomic.Bool

	next, step uint64 // the query that is asked next, and how far apart a thread's are
	total      uint64 // queries before which this thread stops; 0: none

	start time.Time
	counts
}

// now is the time since the start, ns.
func (a *asker) now() int64 { return int64(time.Since(a.start)) }

// work asks until there is nothing left to ask and to wait for.
func (a *asker) work() {
	for {
		now := a.now()
		over := a.over(now)
		wait := idleWait
		if !over {
			var n int
			n, wait = a.pace.due(now, a.sent.Load(), a.window.outstanding)
			a.ask(now, n)
		} else if a.window.outstanding == 0 {
			return
		}
		a.hear(wait)
		bump(&a.lost, a.window.expire(a.now()-a.timeout, batch))
	}
}

// over says whether all is asked.
func (a *asker) over(now int64) bool {
	return a.total > 0 && a.next >= a.total || a.limit > 0 && now >= a.limit || a.stop.Load()
}

// ask sends up to n queries.
func (a *asker) ask(now int64, n int) {
	if a.total > 0 {
		n = min(n, int(min(batch, (a.total-a.next+a.step-1)/a.step)))
	}
	if n == 0 {
		return
	}
	n = a.way.room(n)
	next := a.next
	for put := range n {
		i := uint32(next % uint64(a.data.len()))
		flow, id := a.window.next()
		a.way.put(flow, id, a.data.query(i))
		a.window.push(a.pace.at(now, a.sent.Load()+uint64(put)), i)
		next += a.step
	}
	sent := a.way.send()
	a.window.retract(n - sent)
	a.next += uint64(sent) * a.step
	bump(&a.sent, sent)
	a.last = now
}

// hear takes the answers that are there.
func (a *asker) hear(wait time.Duration) {
	n := a.way.receive(wait)
	if n == 0 {
		return
	}
	now, completed := a.now(), 0
	for i := range n {
		flow, msg := a.way.answer(i)
		if len(msg) < wire.HeaderLen || msg[2]&0x80 == 0 {
			a.wrong++
			continue
		}
		s, ok := a.window.take(flow, binary.BigEndian.Uint16(msg))
		if !ok {
			a.delayed++
			continue
		}
		completed++
		a.rtt.Add(time.Duration(now - s.at))
		a.judge(s.query, msg)
	}
	if completed > 0 {
		bump(&a.completed, completed)
		a.last = now
	}
}

// judge counts what an answer to query i says.
func (a *asker) judge(i uint32, msg []byte) {
	rcode := msg[3] & 15
	a.rcode[rcode]++
	if msg[2]&(wire.FlagTC>>8) != 0 {
		a.truncated++
	}
	if a.verbose != nil {
		fmt.Fprintf(a.verbose, "> %s %s\n", rcodeName(int(rcode)), questionText(a.data.query(i)))
	}
	query, end := a.data.query(i), int(a.data.end[i])
	if len(msg) < end || !bytes.Equal(msg[4:6], query[4:6]) || !bytes.Equal(msg[wire.HeaderLen:end], query[wire.HeaderLen:end]) ||
		a.check != nil && !a.check.right(i, msg) {
		a.wrong++
	}
}
