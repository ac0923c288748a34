//go:build dpdk

package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/ipdcode/skydns/cgo/dpdk"
)

const (
	// ringSize is the descriptors of the port's queues.
	ringSize = 1024

	// portBuffers is the frames in the pool: both rings and what is under way.
	portBuffers = 8191

	// linkWait is how long the link may take to come up.
	linkWait = 10 * time.Second
)

// port is the way through a DPDK port, whose one pair of queues the thread
// polls: it never waits.
type port struct {
	port   dpdk.Port
	pool   dpdk.Pool
	frames *frames

	out      *dpdk.Burst
	puts     int
	in       *dpdk.Burst
	received int           // frames held by in
	flow     [batch]int    // of each answer
	message  [batch][]byte // empty where something about its frame was wrong
	attached bool          // the thread is registered with DPDK
}

// A burst takes a batch exactly.
var _ [batch - dpdk.BurstSize]struct{} = [0]struct{}{}

// openPort starts DPDK and its port and waits for the link.
func openPort(o *options, server netip.AddrPort, clients []netip.Addr) (way, error) {
	to, err := net.ParseMAC(o.mac)
	if err != nil || len(to) != 6 {
		return nil, fmt.Errorf("option -M: %q is no MAC address", o.mac)
	}
	if _, err := dpdk.Init(strings.Fields(o.eal)); err != nil {
		return nil, err
	}
	id, err := dpdk.FindPort(o.device)
	if err != nil {
		return nil, err
	}
	if _, err := id.Start(dpdk.Setup{Queues: 1, Ring: ringSize, Buffers: portBuffers}); err != nil {
		return nil, err
	}
	p := &port{port: id}
	if err := p.prepare(server, clients, o.ports, to); err != nil {
		return nil, errors.Join(err, id.Close(1))
	}
	return p, nil
}

// prepare readies a port that was started.
func (p *port) prepare(server netip.AddrPort, clients []netip.Addr, ports int, to net.HardwareAddr) error {
	info, err := p.port.Info()
	for end := time.Now().Add(linkWait); err == nil && !info.LinkUp; info, err = p.port.Info() {
		if time.Now().After(end) {
			return fmt.Errorf("port %s has no link after %v: is the other side running?", info.Name, linkWait)
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err != nil {
		return err
	}
	if p.frames, err = newFrames(server, clients, ports, info.MAC, to); err != nil {
		return err
	}
	if p.pool, err = p.port.Pool(0); err != nil {
		return err
	}
	if p.out, err = p.port.NewBurst(); err != nil {
		return err
	}
	if p.in, err = p.port.NewBurst(); err != nil {
		p.out.Free()
		return err
	}
	p.receive(0) // net_memif has room for the peer's frames from its first receive on
	return nil
}

func (p *port) flows() int { return len(p.frames.flow) }

// run is 0: each frame may be of another flow at no cost.
func (p *port) run() uint { return 0 }

func (p *port) room(n int) int {
	if !p.attached {
		// Without a place among DPDK's threads it works, only slower.
		p.attached = true
		_ = dpdk.RegisterThread()
	}
	return p.out.Fill(p.pool, n)
}

func (p *port) put(flow int, id uint16, query []byte) {
	f := p.out.Frame(p.puts)
	p.out.SetLen(p.puts, p.frames.build(f[:cap(f)], flow, id, query))
	p.puts++
}

func (p *port) send() int {
	n, before := p.puts, p.out.Unsent()
	p.puts = 0
	if n > 0 {
		p.out.Transmit(p.port, 0, 0)
	}
	return n - int(p.out.Unsent()-before)
}

// receive gives the frames of before back.
func (p *port) receive(time.Duration) int {
	if p.received > 0 {
		for i := range p.received {
			p.in.SetLen(i, 0)
		}
		p.in.Transmit(p.port, 0, 0)
	}
	p.received = p.in.Receive(p.port, 0)
	answers := 0
	for i := range p.received {
		if flow, msg, ours := p.frames.find(p.in.Frame(i)); ours {
			p.flow[answers], p.message[answers] = flow, msg
			answers++
		}
	}
	return answers
}

func (p *port) answer(i int) (int, []byte) { return p.flow[i], p.message[i] }

func (p *port) close() error {
	p.in.Free()
	p.out.Free()
	return p.port.Close(1)
}
