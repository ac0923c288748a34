// Package stats counts what the data plane does and serves the counts over
// HTTP. Each core has a block of counters of its own, which its worker alone
// writes, with plain atomic stores: counting never waits, and never shares a
// cache line with another core. Whoever reads adds up.
//
// It must not be asked for anything on the path of a query but to count.
package stats

import (
	"sync/atomic"

	"github.com/ipdcode/skydns/dataplane/engine"
)

// cacheLines is two cache lines in bytes: the unit in which processors
// prefetch, and so the distance at which writers do not slow each other.
const cacheLines = 128

// Core is the counters of one core. Its worker writes, anyone may read. A turn
// of the worker with queries in it is Begin, CountBatch while the replies are
// there, End.
type Core struct {
	_        [cacheLines]byte
	sample   sample
	verdicts [engine.NumVerdicts]atomic.Uint64
	lost     atomic.Uint64
	beat     atomic.Uint64
	turns    turns
	names    names
	_        [cacheLines]byte
}

// verdictSlots is NumVerdicts rounded up to a power of two, so that counting
// needs no bounds check.
const verdictSlots = 16

var _ [verdictSlots - engine.NumVerdicts]struct{} // verdictSlots is large enough

// Beat notes that the worker turns, at a time that clock gave. In turns between
// two ticks of the clock it stores nothing.
func (c *Core) Beat(now uint64) {
	if c.beat.Load() != now {
		c.beat.Store(now)
	}
}

// LastBeat is the time of the last Beat.
func (c *Core) LastBeat() uint64 { return c.beat.Load() }

// CountBatch counts the verdicts of an answered batch of one query or more, and
// from time to time the names asked for.
func (c *Core) CountBatch(b *engine.Batch) {
	if b.N == engine.BatchSize && b.Verdict == allAnswered { // nearly always, under load
		add(&c.verdicts[engine.Answered], engine.BatchSize)
	} else {
		c.countEach(b.Verdict[:b.N])
	}
	if c.sample.weight != 0 {
		c.countNames(b)
	}
}

// allAnswered is the verdicts of a batch in which each query is answered.
var allAnswered [engine.BatchSize]engine.Verdict

var _ = [1]struct{}{}[engine.Answered] // the zero Verdict, as allAnswered says

// countEach counts verdicts that differ.
func (c *Core) countEach(verdicts []engine.Verdict) {
	var n [verdictSlots]uint64
	for _, v := range verdicts {
		n[v%verdictSlots]++
	}
	for v := range c.verdicts {
		if n[v] > 0 {
			add(&c.verdicts[v], n[v])
		}
	}
}

// CountLost counts queries that were dropped because answering them failed.
func (c *Core) CountLost(n int) { add(&c.lost, uint64(n)) }

// Verdict is how many queries have had that verdict.
func (c *Core) Verdict(v engine.Verdict) uint64 { return c.verdicts[v].Load() }

// Lost is how many queries were dropped because answering them failed.
func (c *Core) Lost() uint64 { return c.lost.Load() }

// Snapshot is what became of the snapshot. The goroutine that refreshes it
// writes, anyone may read.
type Snapshot struct {
	changes atomic.Uint64
	errors  atomic.Uint64
	cookies atomic.Uint64
}

// CountChange counts a generation taken over.
func (s *Snapshot) CountChange() { add(&s.changes, 1) }

// CountError counts a generation refused.
func (s *Snapshot) CountError() { add(&s.errors, 1) }

// CountNoSecrets counts a second without secrets of DNS cookies.
func (s *Snapshot) CountNoSecrets() { add(&s.cookies, 1) }

// NoSecrets is how many seconds were without.
func (s *Snapshot) NoSecrets() uint64 { return s.cookies.Load() }

// add is for the one writer of a counter.
func add(c *atomic.Uint64, n uint64) { c.Store(c.Load() + n) }
