package main

import (
	"errors"
	"net"
	"time"

	"github.com/ipdcode/skydns/bench/internal/clock"
	"github.com/ipdcode/skydns/bench/internal/dnsperf"
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
	before, err := clock.OfTree(s.Pid())
	if err != nil {
		return err
	}
	r, err := dnsperf.Ask(nil, clientCore, s.addr, queries, sockets, outstanding, lasting)
	if err != nil {
		return err
	}
	after, err := clock.OfTree(s.Pid())
	if err != nil {
		return err
	}
	s.cost = append(s.cost, float64((after-before).Nanoseconds())/r.Completed)
	s.rate = append(s.rate, r.QPS)
	s.lost += r.Lost
	return nil
}
