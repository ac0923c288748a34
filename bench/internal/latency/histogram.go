// Package latency counts durations in a histogram of fixed size, finely enough
// that a percentile is right to one part in a hundred.
package latency

import (
	"math"
	"math/bits"
	"time"
)

const (
	// fineBits is how many of a duration's highest bits tell buckets apart:
	// 128 buckets for each power of two.
	fineBits = 7
	fine     = 1 << fineBits

	// longestBits bounds what is told apart: 2^42 ns are 73 minutes.
	longestBits = 42
	buckets     = (longestBits - fineBits + 1) * fine
)

// Histogram counts durations. Its zero value is empty. It belongs to one
// goroutine.
type Histogram struct {
	count   [buckets]uint64
	n       uint64
	longest time.Duration
	least   time.Duration
	sum     float64 // of nanoseconds
	squares float64
}

// bucket is where d is counted.
func bucket(d time.Duration) int {
	v := uint64(d)
	shift := bits.Len64(v|fine) - fineBits - 1
	return min(shift<<fineBits+int(v>>shift), buckets-1)
}

// upper is the longest duration of a bucket.
func upper(bucket int) time.Duration {
	if bucket < 2*fine {
		return time.Duration(bucket)
	}
	shift := bucket>>fineBits - 1
	return time.Duration(bucket-shift<<fineBits+1)<<shift - 1
}

// Add counts d; a negative one counts as 0.
func (h *Histogram) Add(d time.Duration) {
	d = max(d, 0)
	h.count[bucket(d)]++
	if h.n == 0 || d < h.least {
		h.least = d
	}
	h.longest = max(h.longest, d)
	h.n++
	ns := float64(d)
	h.sum += ns
	h.squares += ns * ns
}

// Merge adds what other has counted.
func (h *Histogram) Merge(other *Histogram) {
	if other.n == 0 {
		return
	}
	for i, n := range other.count {
		h.count[i] += n
	}
	if h.n == 0 || other.least < h.least {
		h.least = other.least
	}
	h.longest = max(h.longest, other.longest)
	h.n += other.n
	h.sum += other.sum
	h.squares += other.squares
}

// Count is how many durations were counted.
func (h *Histogram) Count() uint64 { return h.n }

// Max is the longest.
func (h *Histogram) Max() time.Duration { return h.longest }

// Min is the shortest.
func (h *Histogram) Min() time.Duration { return h.least }

// Mean is the average, 0 of none.
func (h *Histogram) Mean() time.Duration {
	if h.n == 0 {
		return 0
	}
	return time.Duration(h.sum / float64(h.n))
}

// Deviation is the standard deviation.
func (h *Histogram) Deviation() time.Duration {
	if h.n == 0 {
		return 0
	}
	mean := h.sum / float64(h.n)
	return time.Duration(math.Sqrt(max(0, h.squares/float64(h.n)-mean*mean)))
}

// Quantile is a duration that the fraction q of all, from 0 to 1, does not
// exceed: that of the bucket's upper end, at most one part in 128 too long.
func (h *Histogram) Quantile(q float64) time.Duration {
	rank := uint64(math.Ceil(q * float64(h.n)))
	seen := uint64(0)
	for i, n := range h.count {
		if seen += n; n > 0 && seen >= rank {
			return min(upper(i), h.longest)
		}
	}
	return h.longest
}

// Each calls f for each bucket that has counted something, from the shortest
// durations on, with the longest duration that it holds.
func (h *Histogram) Each(f func(upTo time.Duration, n uint64)) {
	for i, n := range h.count {
		if n > 0 {
			f(min(upper(i), h.longest), n)
		}
	}
}
