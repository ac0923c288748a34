package netio

import "testing"

// TestIdle verifies that a queue sleeps only after many turns without a frame,
// longer and longer up to a bound, and polls again after one.
func TestIdle(t *testing.T) {
	var i idle
	for round := range 2 {
		for range idleTurns - 1 {
			if i.turn(0); i.pause != 0 {
				t.Fatalf("round %d: it sleeps after %d turns", round, i.turns)
			}
		}
		for want := shortestSleep; want < longestSleep; want *= 2 {
			if i.turn(0); i.pause != want {
				t.Fatalf("round %d: it sleeps %v, want %v", round, i.pause, want)
			}
		}
		for range 3 {
			if i.turn(0); i.pause != longestSleep {
				t.Fatalf("round %d: it sleeps %v, want %v", round, i.pause, longestSleep)
			}
		}
		i.turn(1)
	}
}
