package main

import (
	"runtime"
	"testing"
	"time"
)

func TestGCPercentFor(t *testing.T) {
	for _, c := range []struct {
		live uint64
		want int
	}{
		{0, maxGCPercent},
		{1 << 20, maxGCPercent},
		{96 << 20, 100},
		{192 << 20, gcPercent},
		{10 << 30, gcPercent},
	} {
		if got := gcPercentFor(c.live); got != c.want {
			t.Errorf("%d octets: %d, want %d", c.live, got, c.want)
		}
	}
}

// TestAtEachCollection verifies that the call comes again and again.
func TestAtEachCollection(t *testing.T) {
	called := make(chan struct{})
	ended := make(chan struct{})
	defer close(ended)
	atEachCollection(func() {
		select {
		case called <- struct{}{}:
		case <-ended:
		}
	})
	for range 3 {
		for again := true; again; {
			runtime.GC()
			select {
			case <-called:
				again = false
			case <-time.After(time.Millisecond):
			}
		}
	}
}
