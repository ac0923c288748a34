package main

import (
	"math"
	"testing"
)

// TestQuantile verifies that a quantile is the least bound of a bucket that has
// so many, and infinite where only the last has.
func TestQuantile(t *testing.T) {
	m := metrics{values: map[string]float64{
		visible + `_bucket{le="0.0001"}`: 50, visible + `_bucket{le="0.001"}`: 98, visible + `_bucket{le="+Inf"}`: 100,
		visible + "_count": 100, `other_bucket{le="0.00001"}`: 100,
	}}
	for share, want := range map[float64]float64{.4: 100, .5: 100, .51: 1000, .98: 1000, .99: math.Inf(1)} {
		if got := m.quantile(share); math.Abs(got-want) > 1e-9 && got != want {
			t.Errorf("%v: %v µs, want %v", share, got, want)
		}
	}
}
