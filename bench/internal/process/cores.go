package process

import (
	"fmt"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// Cores are the cores that this process may use.
func Cores() (cores []int, err error) {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		return nil, fmt.Errorf("the cores that may be used: %w", err)
	}
	for core := 0; len(cores) < set.Count(); core++ {
		if set.IsSet(core) {
			cores = append(cores, core)
		}
	}
	return cores, nil
}

// Bind binds all threads of a process, and those that they start, to cores.
func Bind(pid int, cores ...int) error {
	var set unix.CPUSet
	for _, core := range cores {
		set.Set(core)
	}
	for bound := map[string]bool{}; ; {
		tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
		if err != nil {
			return err
		}
		before := len(bound)
		for _, task := range tasks {
			if tid, err := strconv.Atoi(filepath.Base(task)); err == nil && !bound[task] {
				if err := unix.SchedSetaffinity(tid, &set); err != nil && err != unix.ESRCH {
					return fmt.Errorf("bind process %d to cores %v: %w", pid, cores, err)
				}
				bound[task] = true
			}
		}
		if len(bound) == before { // a thread that starts has the cores of the one that starts it
			return nil
		}
	}
}
