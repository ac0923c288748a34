package main

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// pollCores is the cores that get a poll loop each: those of the
// configuration, else all that the process may use.
func pollCores(configured, usable []int) ([]int, error) {
	if len(configured) == 0 {
		return usable, nil
	}
	for _, core := range configured {
		if !slices.Contains(usable, core) {
			return nil, fmt.Errorf("core %d is not among the cores that this process may use, %v: change cores in [Dataplane], or the process's CPU set", core, usable)
		}
	}
	return configured, nil
}

// makeRoom keeps Go's own threads, and DPDK's, out of the poll loops' way:
// off their cores where there are others, and with a processor of the scheduler
// to themselves, as has each of so many other workers. Call it before the
// workers start: they pin their threads after it.
func makeRoom(poll, usable []int, workers int) {
	runtime.GOMAXPROCS(len(poll) + workers + 1)
	others := slices.DeleteFunc(slices.Clone(usable), func(c int) bool { return slices.Contains(poll, c) })
	if len(others) == 0 {
		others = usable
	}
	var set unix.CPUSet
	for _, core := range others {
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

// usableCores is the cores that the process may use.
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
