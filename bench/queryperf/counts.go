package main

import (
	"sync/atomic"

	"github.com/ipdcode/skydns/bench/internal/latency"
)

// rcodes is how many rcodes the header of a message can say.
const rcodes = 16

// counts is what one thread counts. It alone writes; sent, completed and lost
// may be read by others meanwhile, the rest once it has ended.
type counts struct {
	sent      atomic.Uint64
	completed atomic.Uint64
	lost      atomic.Uint64

	delayed   uint64 // answers that nobody waited for any more
	wrong     uint64 // answers to another question, or not as expected
	truncated uint64
	rcode     [rcodes]uint64
	rtt       latency.Histogram
	last      int64 // when the last query was sent or the last answer came
}

// add adds what another thread has counted.
func (c *counts) add(other *counts) {
	c.sent.Add(other.sent.Load())
	c.completed.Add(other.completed.Load())
	c.lost.Add(other.lost.Load())
	c.delayed += other.delayed
	c.wrong += other.wrong
	c.truncated += other.truncated
	for i, n := range other.rcode {
		c.rcode[i] += n
	}
	c.rtt.Merge(&other.rtt)
	c.last = max(c.last, other.last)
}

// bump is for the one writer of a counter.
func bump(c *atomic.Uint64, n int) { c.Store(c.Load() + uint64(n)) }
