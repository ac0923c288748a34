package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

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

// start gives all their cores, and starts control.
func (l load) start(n *node.Node, kind string) (*process.Process, error) {
	core, others := process.AnyCore, l.cores
	if last := len(others) - 1; kind == apart {
		core, others = others[last], others[:last]
	}
	for _, pid := range []int{os.Getpid(), l.etcd.Pid()} {
		if err := process.Bind(pid, others...); err != nil {
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
