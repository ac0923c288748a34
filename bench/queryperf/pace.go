package main

import "time"

// pace says when queries are due.
type pace struct {
	// rate is queries a second of this thread, shift when its first is due, ns.
	// The n-th query is due at a fixed time, however late those before it were
	// answered, and its time counts from then: a server that stops for a moment
	// is charged for all whom it kept waiting. 0: as fast as answers come.
	rate  float64
	shift float64

	outstanding int // most queries without an answer
}

// spin is how long before the next query is due a thread begins to wait for
// it awake: the system's timers are late by as much.
const spin = 80 * time.Microsecond

// due is how many queries may be sent now, after sent of them of which some are
// outstanding, and how long answers may be waited for afterwards.
func (p *pace) due(now int64, sent uint64, outstanding int) (n int, wait time.Duration) {
	free := p.outstanding - outstanding
	if p.rate == 0 {
		if n = min(free, batch); n < free {
			return n, 0
		}
		return n, idleWait
	}
	reached := uint64(max(0, (float64(now)-p.shift)*p.rate/1e9+1))
	if reached > sent {
		if free <= 0 {
			return 0, idleWait
		}
		return min(int(min(reached-sent, batch)), free), 0
	}
	wait = time.Duration(p.at(now, sent) - now)
	if wait < spin {
		return 0, 0
	}
	return 0, min(wait-spin, idleWait)
}

// at is when the time of query number n counts from.
func (p *pace) at(now int64, n uint64) int64 {
	if p.rate == 0 {
		return now
	}
	return int64(p.shift + float64(n)*1e9/p.rate)
}
