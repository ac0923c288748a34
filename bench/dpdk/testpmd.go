//go:build dpdk

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/ipdcode/skydns/bench/internal/clock"
)

// runTestpmd runs testpmd on the capture, with bursts and a pool like ours.
func runTestpmd(capture string, lasting time.Duration) (cost, error) {
	cmd := exec.Command("dpdk-testpmd", "--in-memory", "-m", memory, "--no-pci",
		"--lcores", fmt.Sprintf("0@0,1@%d", pollCore), "--vdev", device(0, capture), "--",
		"--forward-mode=5tswap", "--burst=64", "--total-num-mbufs="+strconv.Itoa(buffers),
		"--stats-period", "1", "-a")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return cost{}, err
	}
	if err := cmd.Start(); err != nil {
		return cost{}, fmt.Errorf("%w: make bench-dpdk installs it", err)
	}
	timer := time.AfterFunc(lasting+3*time.Second, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	var cycles []float64
	var last reading
	for lines := bufio.NewScanner(out); lines.Scan(); {
		now, found := received(lines.Text(), cmd.Process.Pid)
		if !found {
			continue
		}
		if last.queries > 0 {
			cycles = append(cycles, clock.Cycles(now.cpu-last.cpu)/float64(now.queries-last.queries))
		}
		last = now
	}
	_ = cmd.Wait() // it was killed
	if len(cycles) == 0 {
		return cost{}, fmt.Errorf("fewer than two lines of statistics, or no frame: %s", said.String())
	}
	return summary(cycles), nil
}

// received reads a line of testpmd's statistics, if it is the one with the
// number of frames, and how much CPU time the process has taken for them.
func received(line string, pid int) (reading, bool) {
	f := strings.Fields(line)
	if len(f) < 2 || f[0] != "RX-packets:" {
		return reading{}, false
	}
	n, err := strconv.ParseUint(f[1], 10, 64)
	if err != nil || n == 0 {
		return reading{}, false
	}
	cpu, err := clock.OfTree(pid)
	return reading{cpu, n}, err == nil
}
