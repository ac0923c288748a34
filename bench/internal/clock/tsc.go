package clock

import (
	"sync"
	"time"
)

// TSCHz is how often the time stamp counter counts in a second, measured
// against the monotonic clock. On processors other than amd64 the counter is
// that clock itself, and cycles are nanoseconds.
var TSCHz = sync.OnceValue(func() float64 {
	const apart = 200 * time.Millisecond
	t0, c0 := together()
	time.Sleep(apart)
	t1, c1 := together()
	return float64(c1-c0) / t1.Sub(t0).Seconds()
})

// together reads both clocks at nearly the same moment: of several attempts it
// takes the one that was interrupted least.
func together() (t time.Time, count uint64) {
	best := ^uint64(0)
	for range 1000 {
		before := tsc()
		now := time.Now()
		after := tsc()
		if after-before < best {
			best, t, count = after-before, now, before+(after-before)/2
		}
	}
	return t, count
}

// Cycles is d in counts of the time stamp counter.
func Cycles(d time.Duration) float64 { return d.Seconds() * TSCHz() }
