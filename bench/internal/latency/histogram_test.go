package latency

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestBuckets verifies that a bucket's upper end falls into it, that the next
// duration falls into the next, and that no bucket is wider than a part in 128.
func TestBuckets(t *testing.T) {
	for i := range buckets - 1 {
		end := upper(i)
		if bucket(end) != i || bucket(end+1) != i+1 {
			t.Fatalf("bucket %d ends with %d, which falls into %d and the next into %d", i, end, bucket(end), bucket(end+1))
		}
		if i > 0 {
			if width := end - upper(i-1); width > 1 && width > end/fine {
				t.Fatalf("bucket %d is %d wide at %d", i, width, end)
			}
		}
	}
}

// TestQuantile compares with sorted durations, merged from two histograms.
func TestQuantile(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var whole, part Histogram
	var all []time.Duration
	for i := range 20_000 {
		d := time.Duration(random.ExpFloat64() * 1e6)
		all = append(all, d)
		if i%3 == 0 {
			part.Add(d)
		} else {
			whole.Add(d)
		}
	}
	whole.Merge(&part)
	whole.Merge(new(Histogram))
	slices.Sort(all)
	for _, q := range []float64{0.001, 0.5, 0.99, 0.999, 1} {
		want := all[int(q*float64(len(all)))-1]
		if got := whole.Quantile(q); got < want || got > want+want/100+1 {
			t.Errorf("quantile %v is %v, want %v", q, got, want)
		}
	}
	if whole.Max() != all[len(all)-1] || whole.Min() != all[0] || whole.Count() != 20_000 {
		t.Errorf("from %v to %v of %d", whole.Min(), whole.Max(), whole.Count())
	}
	for name, d := range map[string]time.Duration{"mean": whole.Mean(), "deviation": whole.Deviation()} {
		if d < 950*time.Microsecond || d > 1050*time.Microsecond {
			t.Errorf("%s of an exponential distribution is %v, want 1 ms", name, d)
		}
	}
}

// TestLongest verifies that what is too long is still counted.
func TestLongest(t *testing.T) {
	var h Histogram
	h.Add(100 * time.Hour)
	h.Add(-time.Second)
	if h.Quantile(1) != 100*time.Hour && h.Max() != 100*time.Hour {
		t.Errorf("quantile %v of max %v", h.Quantile(1), h.Max())
	}
	if h.Min() != 0 {
		t.Errorf("min %v, want 0", h.Min())
	}
}
