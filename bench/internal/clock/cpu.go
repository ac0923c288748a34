package clock

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Thread is the CPU time of the calling thread, to which the goroutine is
// locked.
func Thread() time.Duration {
	d, err := read(unix.CLOCK_THREAD_CPUTIME_ID)
	if err != nil {
		panic(err) // the kernel has had this clock since 2.6
	}
	return d
}

// OfThread is the CPU time of a thread of this process.
func OfThread(tid int) (time.Duration, error) {
	const perThread = 6 // CPUCLOCK_PERTHREAD_MASK | CPUCLOCK_SCHED of the kernel
	return read(int32(^tid<<3 | perThread))
}

// OfTree is the CPU time of a process and of all that descend from it and run
// now, with all their threads.
func OfTree(pid int) (time.Duration, error) {
	const perProcess = 2 // CPUCLOCK_SCHED
	sum, err := read(int32(^pid<<3 | perProcess))
	if err != nil {
		return 0, fmt.Errorf("CPU time of process %d: %w", pid, err)
	}
	for _, child := range children(pid) {
		d, err := OfTree(child)
		if err != nil {
			return 0, err
		}
		sum += d
	}
	return sum, nil
}

// children are the processes that pid has started.
func children(pid int) []int {
	var all []int
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		text, _ := os.ReadFile(path) // gone, if the process has ended
		// The command's name, in parentheses, may hold anything.
		_, fields, _ := strings.Cut(string(text[max(0, bytes.LastIndexByte(text, ')')):]), ") ")
		var state string
		var parent int
		if _, err := fmt.Sscan(fields, &state, &parent); err != nil || parent != pid {
			continue
		}
		if child, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil {
			all = append(all, child)
		}
	}
	return all
}

func read(id int32) (time.Duration, error) {
	var t unix.Timespec
	if err := unix.ClockGettime(id, &t); err != nil {
		return 0, err
	}
	return time.Duration(t.Nano()), nil
}
