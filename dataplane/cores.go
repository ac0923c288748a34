package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// pollCores is the cores that get a poll loop each: those of the
// configuration, else all of usable. A core that isolcpus keeps the scheduler
// away from is not among those that a process starts on, yet is there for who
// asks for it: so each is tried.
func pollCores(configured, usable []int) ([]int, error) {
	if len(configured) == 0 {
		return usable, nil
	}
	for _, core := range configured {
		if err := tryCore(core); err != nil {
			return nil, err
		}
	}
	return configured, nil
}

// tryCore finds out whether a thread of this process can run on a core.
func tryCore(core int) error {
	tried := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		var set unix.CPUSet
		set.Set(core)
		tried <- unix.SchedSetaffinity(0, &set)
	}()
	err := <-tried
	if errors.Is(err, unix.EINVAL) {
		return fmt.Errorf("core %d is not there, or not in this process's cgroup: change cores in [Dataplane], or AllowedCPUs= of the unit", core)
	}
	if err != nil {
		return fmt.Errorf("try core %d: %w: see what forbids sched_setaffinity, such as a seccomp filter", core, err)
	}
	return nil
}

// makeRoom keeps Go's own threads, and DPDK's, out of the poll loops' way:
// off their cores where usable has others, and with a processor of the scheduler
// to themselves, as has each of so many other workers. Call it before the
// workers start: they pin their threads after it.
func makeRoom(poll, usable []int, workers int) {
	runtime.GOMAXPROCS(len(poll) + workers + 1)
	var set unix.CPUSet
	for _, core := range besides(poll, usable) {
		set.Set(core)
	}
	// Threads that are started later inherit this from one of these. A thread
	// that has ended meanwhile, or may not be moved, does no harm.
	threads, _ := os.ReadDir("/proc/self/task")
	for _, t := range threads {
		if tid, err := strconv.Atoi(t.Name()); err == nil {
			_ = unix.SchedSetaffinity(tid, &set)
		}
	}
}

// besides is those of usable on which no poll loop is; where every one has
// one, all of them.
func besides(poll, usable []int) []int {
	others := slices.DeleteFunc(slices.Clone(usable), func(c int) bool { return slices.Contains(poll, c) })
	if len(others) == 0 {
		return usable
	}
	return others
}

// usableCores is the cores that the process was started on: without those of isolcpus.
func usableCores() ([]int, error) {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		return nil, fmt.Errorf("ask for the usable cores: %w", err)
	}
	cores := make([]int, 0, set.Count())
	for core := 0; len(cores) < set.Count(); core++ {
		if set.IsSet(core) {
			cores = append(cores, core)
		}
	}
	return cores, nil
}
