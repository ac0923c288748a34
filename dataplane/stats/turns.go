package stats

import (
	"math/bits"
	"sync/atomic"
	"time"

	"github.com/ipdcode/skydns/dataplane/engine"
)

const (
	// few is the most queries in a batch of a core that has time to spare:
	// all its turns are timed, and all its queries' names counted.
	few = 4

	// apart is how many turns with more queries there are, on average, from one
	// that is timed and whose names are sampled to the next. That one counts
	// for them all.
	apart = 16
)

// Cycles are told apart by their four highest bits: four buckets for each
// power of two.
const (
	cycleFine    = 2
	cycleBuckets = (40 - cycleFine + 1) << cycleFine
)

// turns is how long a core's turns took, estimated from a sample of them. Its
// worker writes, anyone may read.
type turns struct {
	size    [engine.BatchSize + 1]atomic.Uint64 // turns, by queries in the batch
	length  [cycleBuckets]atomic.Uint64         // turns, by cycles
	cycles  atomic.Uint64                       // of all turns
	queries atomic.Uint64                       // in all turns
}

// sample is the worker's own: which turn is timed.
type sample struct {
	skip   uint32 // turns until the next that is
	weight uint64 // of the turn under way: how many it stands for; 0: it is not timed
	began  uint64 // when the turn under way began, if it is timed
	random uint32
}

// Begin begins a turn with n queries. It is called when they were received.
func (c *Core) Begin(n int) {
	s := &c.sample
	if n > few && s.skip > 0 {
		s.skip--
		s.weight = 0
		return
	}
	c.begin(n)
}

// begin times a turn.
func (c *Core) begin(n int) {
	s := &c.sample
	s.weight = 1
	if n > few {
		s.weight = apart
		s.skip = s.next() % (2*apart - 1)
	}
	s.began = tsc()
}

// End ends a turn with n queries. It is called when the replies are sent.
func (c *Core) End(n int) {
	if c.sample.weight != 0 {
		c.end(n)
	}
}

func (c *Core) end(n int) {
	w, t := c.sample.weight, &c.turns
	cycles := tsc() - c.sample.began
	add(&t.size[uint(n)%uint(len(t.size))], w)
	add(&t.length[cycleBucket(cycles)], w)
	add(&t.cycles, w*cycles)
	add(&t.queries, w*uint64(n))
}

// next is a random number (xorshift).
func (s *sample) next() uint32 {
	x := s.random | 1
	x ^= x << 13
	x ^= x >> 17
	x ^= x << 5
	s.random = x
	return x
}

// cycleBucket is where a number of cycles is counted.
func cycleBucket(cycles uint64) int {
	const fine = 1 << cycleFine
	shift := bits.Len64(cycles|fine) - cycleFine - 1
	return min(shift<<cycleFine+int(cycles>>shift), cycleBuckets-1)
}

// cycleUpper is the most cycles of a bucket.
func cycleUpper(bucket int) uint64 {
	const fine = 1 << cycleFine
	if bucket < 2*fine {
		return uint64(bucket)
	}
	shift := bucket>>cycleFine - 1
	return uint64(bucket-shift<<cycleFine+1)<<shift - 1
}

// clock turns counts of the time stamp counter into time.
type clock struct {
	at    time.Time
	count uint64
}

func newClock() clock { return clock{time.Now(), tsc()} }

// hertz is the counter's rate, measured since the clock was made.
func (c clock) hertz() float64 {
	return max(1, float64(tsc()-c.count)) / max(1e-9, time.Since(c.at).Seconds())
}
