package main

import (
	"errors"
	"fmt"
	"net"
	"os/exec"
	"regexp"
	"strconv"
	"time"

	"github.com/ipdcode/skydns/bench/internal/clock"
	"github.com/ipdcode/skydns/bench/internal/process"
	"github.com/ipdcode/skydns/bench/internal/zone"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// server is a server that runs.
type server struct {
	name string
	addr string
	*process.Process

	cost []float64 // CPU ns a query, of each round
	rate []float64 // queries a second, of each round
	lost int
}

func (s *server) best() float64   { return s.cost[0] }
func (s *server) median() float64 { return s.cost[len(s.cost)/2] }

// stopAll ends the servers.
func stopAll(servers []*server) {
	for _, s := range servers {
		s.Stop()
	}
}

// answers is an error as long as the server does not answer for a name.
func (s *server) answers() error {
	c, err := net.Dial("udp", s.addr)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.Write(zone.Query(7, zone.Name(0), wire.TypeA)); err != nil {
		return err
	}
	reply := make([]byte, 512)
	if err := c.SetReadDeadline(time.Now().Add(time.Second)); err != nil {
		return err
	}
	n, err := c.Read(reply)
	if err != nil {
		return err
	}
	if n < wire.HeaderLen || reply[3]&15 != wire.RcodeNoError || reply[7] != 1 {
		return errors.New("not the answer to a query")
	}
	return nil
}

// ask lets dnsperf ask the server, and notes what that cost it.
func (s *server) ask(queries string, lasting time.Duration) error {
	host, port, err := net.SplitHostPort(s.addr)
	if err != nil {
		return err
	}
	before, err := clock.OfTree(s.Pid())
	if err != nil {
		return err
	}
	out, err := exec.Command("taskset", "-c", strconv.Itoa(clientCore), "dnsperf", "-s", host, "-p", port,
		"-d", queries, "-c", "4", "-T", "1", "-l", strconv.Itoa(int(lasting.Seconds()))).CombinedOutput()
	if err != nil {
		return fmt.Errorf("dnsperf: %w: %s", err, out)
	}
	after, err := clock.OfTree(s.Pid())
	if err != nil {
		return err
	}
	completed, rate, lost, err := readDnsperf(string(out))
	if err != nil {
		return err
	}
	s.cost = append(s.cost, float64((after-before).Nanoseconds())/completed)
	s.rate = append(s.rate, rate)
	s.lost += int(lost)
	return nil
}

var (
	completedLine = regexp.MustCompile(`Queries completed:\s+(\d+)`)
	lostLine      = regexp.MustCompile(`Queries lost:\s+(\d+)`)
	rateLine      = regexp.MustCompile(`Queries per second:\s+([\d.]+)`)
	noErrors      = regexp.MustCompile(`Response codes:\s+NOERROR \d+ \(100\.00%\)`)
)

// readDnsperf finds the numbers in what dnsperf prints.
func readDnsperf(out string) (completed, rate, lost float64, err error) {
	if !noErrors.MatchString(out) {
		return 0, 0, 0, fmt.Errorf("not every query got an answer: %s", out)
	}
	for _, want := range []struct {
		line *regexp.Regexp
		to   *float64
	}{{completedLine, &completed}, {lostLine, &lost}, {rateLine, &rate}} {
		m := want.line.FindStringSubmatch(out)
		if m == nil {
			return 0, 0, 0, fmt.Errorf("dnsperf does not print %v: %s", want.line, out)
		}
		if *want.to, err = strconv.ParseFloat(m[1], 64); err != nil {
			return 0, 0, 0, err
		}
	}
	return completed, rate, lost, nil
}
