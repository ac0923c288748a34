package main

import (
	"math"
	"runtime"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
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

// TestUsableIsWhatTasksetLeaves verifies that cores which the process may not use
// are not given to anybody.
func TestUsableIsWhatTasksetLeaves(t *testing.T) {
	runtime.LockOSThread() // and the thread ends with the test
	cores, err := usable()
	if err != nil || len(cores) == 0 {
		t.Fatalf("%v, %v", cores, err)
	}
	last := cores[len(cores)-1]
	var set unix.CPUSet
	set.Set(last)
	if err := unix.SchedSetaffinity(0, &set); err != nil {
		t.Fatal(err)
	}
	if cores, err = usable(); err != nil || !slices.Equal(cores, []int{last}) {
		t.Errorf("%v, %v, want %d alone", cores, err, last)
	}
}
