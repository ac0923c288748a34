package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// How far the heap grows before it is collected. Nearly all of control's memory
// is the table of records, which stays: half as much again keeps it near what it
// needs. While there is little, leastGarbage keeps collections apart: while
// 10,000 names a second are loaded they took half of the time by which a change
// was late.
const (
	gcPercent    = 50
	leastGarbage = 96 << 20
	maxGCPercent = 4000
)

// setGC sets how far the heap grows, and sets it anew with each collection.
// GOGC in the environment overrides it.
func setGC() {
	if os.Getenv("GOGC") != "" {
		return
	}
	percent := maxGCPercent
	debug.SetGCPercent(percent)
	atEachCollection(func() {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		next := gcPercentFor(live[0].Value.Uint64())
		if next < percent*9/10 || next > percent*11/10 {
			percent = next
			debug.SetGCPercent(percent)
		}
	})
}

// gcPercentFor is how far a heap grows in which so many octets live.
func gcPercentFor(live uint64) int {
	return int(min(maxGCPercent, max(gcPercent, 100*leastGarbage/max(1, live))))
}

// atEachCollection calls do after each collection, on the goroutine of
// finalizers.
func atEachCollection(do func()) {
	type sentinel struct{ _ *byte } // with a pointer it is an object of its own
	var again func(*sentinel)
	again = func(*sentinel) {
		do()
		runtime.SetFinalizer(new(sentinel), again)
	}
	runtime.SetFinalizer(new(sentinel), again)
}
