//go:build dpdk

package netio

import (
	"cmp"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/ipdcode/skydns/cgo/dpdk"
	"github.com/ipdcode/skydns/dataplane/frame"
)

const (
	// ringSize is the descriptors of each queue: 1 ms of a core's work.
	ringSize = 1024

	// defaultBuffers is the frames in a queue's pool: both rings, the core's
	// cache and the burst under way, three times over, for devices that keep
	// more. A power of 2 less one wastes no memory.
	defaultBuffers = 8191

	// countInterval is how often the device's own counters are read.
	countInterval = time.Second
)

// dpdkPort is what the queues of one port share. It does not change once
// open, but for the count of queues.
type dpdkPort struct {
	port     dpdk.Port
	maxFrame int        // octets of the longest frame that the link takes
	sums     frame.Sums // the device fills these in
	queues   []*DPDKQueue
	open     atomic.Int32 // queues that are not released
	stop     chan struct{}
	counted  chan struct{} // closed when countDevice has ended
}

// OpenDPDK starts a port and returns its queues, which all have to be run
// until Receive returns false for the port to be closed. EAL runs: dpdk.Init
// was called. The error says what to do in one line.
func OpenDPDK(c DPDKConfig) ([]Queue, error) {
	local, err := frame.NewLocal(c.Addresses, c.UDPPort)
	if err != nil {
		return nil, fmt.Errorf("addresses in [Dataplane]: %w", err)
	}
	id, err := dpdk.FindPort(c.Port)
	if err != nil {
		return nil, err
	}
	info, err := id.Info()
	if err != nil {
		return nil, err
	}
	local.AcceptUnfinished = info.Driver == "net_af_xdp"
	started, err := id.Start(dpdk.Setup{
		Queues: c.Queues, Ring: ringSize, Buffers: cmp.Or(c.Buffers, defaultBuffers),
	})
	if err != nil {
		return nil, err
	}
	p := &dpdkPort{
		port: id, maxFrame: info.MTU + frame.Overhead, sums: frame.Sums(started.Sums),
		stop: make(chan struct{}), counted: make(chan struct{}),
	}
	if err := p.addQueues(c.Queues, local); err != nil {
		return nil, errors.Join(err, id.Close(c.Queues))
	}
	c.Log.Info().Str("port", info.Name).Str("dpdk-driver", info.Driver).Stringer("mac", info.MAC).
		Int("mtu", info.MTU).Int("queues", c.Queues).Bool("link", info.LinkUp).Msg("DPDK port started")
	if c.Queues > 1 && !started.Spreads {
		c.Log.Warn().Str("port", info.Name).Msg("the device does not spread UDP over its queues by address and port: some cores may stay idle")
	}
	go p.countDevice()
	queues := make([]Queue, len(p.queues))
	for i, q := range p.queues {
		queues[i] = q
	}
	return queues, nil
}

// addQueues makes n queues.
func (p *dpdkPort) addQueues(n int, local *frame.Local) error {
	for i := range n {
		burst, err := dpdk.NewBurst()
		if err != nil {
			for _, q := range p.queues {
				q.burst.Free()
			}
			return err
		}
		p.queues = append(p.queues, &DPDKQueue{port: p, queue: i, local: local, burst: burst})
	}
	p.open.Store(int32(n))
	return nil
}

// countDevice takes over the device's own counts of drops, which are the
// whole port's, into the first queue's, until the port is closed.
func (p *dpdkPort) countDevice() {
	defer close(p.counted)
	tick := time.NewTicker(countInterval)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-p.stop:
			return
		}
		if s, err := p.port.Stats(); err == nil {
			p.queues[0].drops.Set(DropOverflow, s.Missed)
			p.queues[0].drops.Set(DropNoBuffer, s.NoBuffer)
		}
	}
}

// leave is called by each queue at its end. With the last the port is closed;
// a device that does not stop is left to the end of the process.
func (p *dpdkPort) leave() {
	if p.open.Add(-1) > 0 {
		return
	}
	close(p.stop)
	<-p.counted
	_ = p.port.Close(len(p.queues))
}
