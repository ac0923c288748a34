package netio

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	// idleTurns is how many turns in a row without a frame make a queue idle:
	// some microseconds of polling. More of them cost a node with little to do
	// more than its queries (bench/xdp).
	idleTurns = 64

	// A queue that is idle sleeps longer and longer until a frame comes. At the
	// longest sleep a ring of 1,024 takes 2 million frames a second without loss.
	shortestSleep = 50 * time.Microsecond
	longestSleep  = 500 * time.Microsecond
)

// idle lets a queue that polls sleep while there is nothing to do, so that a
// quiet node does not burn a core.
type idle struct {
	turns int // in a row without a frame
	pause time.Duration
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
	sleep(i.pause)
}

// sleep stops the thread; a signal may end it sooner. Go's scheduler is not
// told, which would cost more than the turns that the sleep saves: a
// collection that wants the thread to stop waits for as long as that.
func sleep(d time.Duration) {
	ts := unix.NsecToTimespec(int64(d))
	_, _, _ = unix.RawSyscall(unix.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&ts)), 0, 0)
}
