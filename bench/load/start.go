package main

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"time"

	"github.com/ipdcode/skydns/bench/internal/node"
	"github.com/ipdcode/skydns/bench/internal/report"
)

// started is what a start of control took.
type started struct {
	seconds        float64 // from the start of the process to readiness
	resident, peak float64 // MB of memory, huge pages not counted
}

// start starts control, waits until it is ready, and ends it.
func start(n *node.Node) (started, error) {
	begin := time.Now()
	control, err := n.StartControl()
	if err != nil {
		return started{}, fmt.Errorf("%w: make build", err)
	}
	defer control.Stop()
	if err := control.Until(patience, n.Ready); err != nil {
		return started{}, err
	}
	s := started{seconds: time.Since(begin).Seconds()}
	if s.resident, err = status(control.Pid(), "VmRSS"); err != nil {
		return s, err
	}
	s.peak, err = status(control.Pid(), "VmHWM")
	return s, err
}

// figures prints the lines of a start.
func (s started) figures(names int, how string) {
	report.Figure{Name: "load.seconds", Names: names, Kind: how, Value: s.seconds, Unit: "s"}.Print(os.Stdout)
	report.Figure{Name: "load.control_rss", Names: names, Kind: how, Value: s.peak, Unit: "MB"}.Print(os.Stdout)
}

// status reads a line of /proc/PID/status that says so many kB, in MB.
func status(pid int, key string) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	m := regexp.MustCompile(`(?m)^` + key + `:\s+(\d+) kB$`).FindSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("process %d has no %s", pid, key)
	}
	kb, err := strconv.ParseFloat(string(m[1]), 64)
	return kb * 1024 / 1e6, err
}
