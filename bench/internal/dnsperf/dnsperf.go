// Package dnsperf runs Debian's dnsperf and reads what it prints.
package dnsperf

import (
	"fmt"
	"net"
	"os/exec"
	"regexp"
	"strconv"
	"time"
)

// Result is what one run has shown.
type Result struct {
	Completed, QPS float64
	Lost           int
	CPU            time.Duration // of dnsperf itself
}

var (
	completedLine = regexp.MustCompile(`Queries completed:\s+(\d+)`)
	lostLine      = regexp.MustCompile(`Queries lost:\s+(\d+)`)
	rateLine      = regexp.MustCompile(`Queries per second:\s+([\d.]+)`)
	noErrors      = regexp.MustCompile(`Response codes:\s+NOERROR \d+ \(100\.00%\)`)
)

// Ask lets dnsperf, bound to a core, ask a server (host:port) what a file holds,
// from sockets of that number, with outstanding queries without an answer. before
// is a command that it is run by, as of a network namespace. It is an error if
// an answer is not NOERROR.
func Ask(before []string, core int, server, queries string, sockets, outstanding int, lasting time.Duration) (Result, error) {
	host, port, err := net.SplitHostPort(server)
	if err != nil {
		return Result{}, err
	}
	line := append(append([]string{}, before...), "taskset", "-c", strconv.Itoa(core), "dnsperf", "-s", host, "-p", port, "-d", queries,
		"-c", strconv.Itoa(sockets), "-q", strconv.Itoa(outstanding), "-T", "1", "-l", strconv.Itoa(int(lasting.Seconds())))
	cmd := exec.Command(line[0], line[1:]...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return Result{}, fmt.Errorf("dnsperf: %w: %s", err, out)
	}
	r, err := read(string(out))
	r.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return r, err
}

// read finds the numbers in what dnsperf prints.
func read(out string) (r Result, err error) {
	if !noErrors.MatchString(out) {
		return r, fmt.Errorf("not every query got an answer: %s", out)
	}
	var lost float64
	for _, want := range []struct {
		line *regexp.Regexp
		to   *float64
	}{{completedLine, &r.Completed}, {lostLine, &lost}, {rateLine, &r.QPS}} {
		m := want.line.FindStringSubmatch(out)
		if m == nil {
			return r, fmt.Errorf("dnsperf does not print %v: %s", want.line, out)
		}
		if *want.to, err = strconv.ParseFloat(m[1], 64); err != nil {
			return r, err
		}
	}
	r.Lost = int(lost)
	return r, nil
}
