package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipdcode/skydns/bench/internal/node"
	"github.com/ipdcode/skydns/bench/internal/process"
)

// Who has which cores while changes come. An etcd on the machine takes cores
// away from control as no etcd elsewhere does: bound to a core of its own,
// control has what it would have there.
const (
	shared = "any core, as etcd and the load"
	apart  = "a core that etcd and the load may not use"
)

// settle is how long control is left alone once it is ready: it then gives
// back what the list took.
const settle = 2 * time.Second

// usable are the cores that this process may use.
func usable() (cores []int, err error) {
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

// start gives all their cores, and starts control.
func (l load) start(n *node.Node, kind string) (*process.Process, error) {
	core, others := process.AnyCore, l.cores
	if last := len(others) - 1; kind == apart {
		core, others = others[last], others[:last]
	}
	for _, pid := range []int{os.Getpid(), l.etcd.Pid()} {
		if err := pin(pid, others...); err != nil {
			return nil, err
		}
	}
	control, err := n.StartControlOn(core)
	if err != nil {
		return nil, err
	}
	if err := control.Until(patience, n.Ready); err != nil {
		control.Stop()
		return nil, err
	}
	time.Sleep(settle)
	return control, nil
}

// pin binds all threads of a process to cores.
func pin(pid int, cores ...int) error {
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

// coreTime is what the threads of a process had of the cores.
type coreTime struct{ worked, waited time.Duration }

// coreTimeOf reads /proc/PID/task/*/schedstat: time on a core, and time in
// which a thread could have worked but had none.
func coreTimeOf(pid int) (t coreTime, err error) {
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil || len(files) == 0 {
		return t, fmt.Errorf("process %d tells no times: %w", pid, os.ErrNotExist)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // the thread has ended
		}
		var worked, waited int64
		if _, err := fmt.Fscan(strings.NewReader(string(text)), &worked, &waited); err != nil {
			return t, fmt.Errorf("%s: %w", file, err)
		}
		t.worked += time.Duration(worked)
		t.waited += time.Duration(waited)
	}
	return t, nil
}
