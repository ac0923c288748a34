package netio

import (
	"time"

	"golang.org/x/sys/unix"
)

const (
	// idleTurns is how many turns in a row without a frame make a queue idle:
	// some 100 µs of polling.
	idleTurns = 2048

	// A queue that is idle sleeps longer and longer until a frame comes. At the
	// longest sleep a ring of 1,024 takes 5 million frames a second without loss.
	shortestSleep = 10 * time.Microsecond
	longestSleep  = 200 * time.Microsecond
)

// idle lets a queue that polls sleep while there is nothing to do, so that a
// quiet node does not burn a core.
type idle struct {
	sleeps bool // whether it may
	turns  int  // in a row without a frame
	pause  time.Duration
}

// turn is told how many frames a turn had, and sleeps if it is time to.
func (i *idle) turn(frames int) {
	if frames > 0 {
		i.turns, i.pause = 0, 0
		return
	}
	if i.turns++; i.turns < idleTurns {
		return
	}
	i.pause = min(max(2*i.pause, shortestSleep), longestSleep)
	ts := unix.NsecToTimespec(int64(i.pause))
	_ = unix.Nanosleep(&ts, nil) // a signal may end it sooner
}
