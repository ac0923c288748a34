package main

import "math/bits"

const (
	// ids is how many queries a flow can tell apart.
	ids = 1 << 16

	// maxSlots is how many queries a window remembers at most: 3 s of 300,000 a
	// second, in 16 MB.
	maxSlots = 1 << 20

	// maxOutstanding is the largest -q: half of what a window remembers.
	maxOutstanding = maxSlots / 2

	answered = -1 // in slot.at
)

// slot is a query that was sent.
type slot struct {
	at    int64  // when its time counts from, ns; answered: nobody waits for it
	query uint32 // its index in the data
}

// window is the queries of one thread that wait for their answers.
//
// Queries are numbered as they are sent. The number alone says by which flow
// (a pair of a client's address and port) a query goes and what its id is: runs
// of 1<<run queries go by the same flow, then the next flow's turn comes.
type window struct {
	slots       []slot // of query number n: slots[n % len]
	flows       uint64
	run         uint
	head, tail  uint64 // queries [tail:head) may wait for answers
	limit       uint64 // most of head-tail
	outstanding int    // how many do
}

func newWindow(flows int, run uint) *window {
	limit := min(maxSlots, uint64(flows)*ids/2)
	return &window{
		slots: make([]slot, 1<<bits.Len64(limit-1)), flows: uint64(flows), run: run, limit: limit,
	}
}

// next is the flow of the next query and its id.
func (w *window) next() (flow int, id uint16) {
	run := w.head >> w.run
	return int(run % w.flows), uint16(run/w.flows<<w.run | w.head&(1<<w.run-1))
}

// push notes that the next query was sent.
func (w *window) push(at int64, query uint32) {
	w.slots[w.head%uint64(len(w.slots))] = slot{at, query}
	w.head++
	w.outstanding++
}

// retract takes back the last n that were pushed: they were not sent.
func (w *window) retract(n int) {
	w.head -= uint64(n)
	w.outstanding -= n
}

// take ends the wait for an answer that came by a flow. It returns false if
// no query waits for it.
func (w *window) take(flow int, id uint16) (slot, bool) {
	// Of all the flow's queries with that id the last one is meant.
	turns := w.head >> w.run / w.flows
	const all = ids - 1
	turn := turns - (turns-uint64(id)>>w.run)&(all>>w.run)
	n := (turn*w.flows+uint64(flow))<<w.run | uint64(id)&(1<<w.run-1)
	if n-w.tail >= w.head-w.tail {
		return slot{}, false
	}
	s := &w.slots[n%uint64(len(w.slots))]
	if s.at == answered {
		return slot{}, false
	}
	was := *s
	s.at = answered
	w.outstanding--
	return was, true
}

// expire gives up the queries that were sent before a time, and as many of the
// oldest as more queries need the ids of. It returns how many it gave up.
func (w *window) expire(before int64, more int) (lost int) {
	for w.tail < w.head {
		s := &w.slots[w.tail%uint64(len(w.slots))]
		if s.at != answered {
			if s.at >= before && w.head-w.tail+uint64(more) <= w.limit {
				break
			}
			s.at = answered
			lost++
		}
		w.tail++
	}
	w.outstanding -= lost
	return lost
}
