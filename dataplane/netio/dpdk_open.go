//go:build dpdk

package netio

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"sync/atomic"

	"github.com/rs/zerolog"

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
)

// dpdkPort is what the queues of one port share. It does not change once
// open, but for the count of queues.
type dpdkPort struct {
	port       dpdk.Port
	maxMessage int        // octets of the longest message in a frame of the usual shape
	mtu        int        // octets of the longest IP datagram that the link takes
	sums       frame.Sums // the device fills these in
	queues     []*DPDKQueue
	ring       int          // descriptors of a receive queue
	open       atomic.Int32 // queues that are not released
	log        zerolog.Logger
	steered    bool // by flow rules
	stop       chan struct{}
	counted    chan struct{} // closed when watchDevice has ended
}

// OpenDPDK starts a port and returns its queues, which all have to be run
// until Receive returns false for the port to be closed. EAL runs: dpdk.Init
// was called. The error says what to do in one line.
func OpenDPDK(c DPDKConfig) ([]Queue, error) {
	local, err := frame.NewLocal(c.Addresses, c.UDPPort)
	if err != nil {
		return nil, fmt.Errorf("addresses in [Dataplane]: %w", err)
	}
	p, info, err := startPort(c, local)
	if err != nil {
		return nil, err
	}
	if err = p.steer(c); err == nil {
		err = p.addQueues(c, local)
	}
	if err != nil {
		return nil, errors.Join(err, p.close(c.Queues))
	}
	c.Log.Info().Str("port", info.Name).Str("dpdk-driver", info.Driver).Stringer("mac", info.MAC).
		Int("mtu", info.MTU).Int("queues", c.Queues).Bool("link", info.LinkUp).Msg("DPDK port started")
	warnOfNode(c, info, os.DirFS("/sys/devices/system/cpu"))
	if e := c.Exceptions; e != nil {
		e.MAC, e.MTU, e.Unfinished = [6]byte(info.MAC), info.MTU, local.AcceptUnfinished
	}
	go p.watchDevice(info)
	queues := make([]Queue, len(p.queues))
	for i, q := range p.queues {
		queues[i] = q
	}
	return queues, nil
}

// startPort finds the port and starts it. What the device does goes into local.
func startPort(c DPDKConfig, local *frame.Local) (*dpdkPort, dpdk.Info, error) {
	id, err := dpdk.FindPort(c.Port)
	if err != nil {
		return nil, dpdk.Info{}, err
	}
	info, err := id.Info()
	if err != nil {
		return nil, info, err
	}
	isAFXDP := info.Driver == "net_af_xdp"
	local.AcceptUnfinished = isAFXDP
	steered := c.Shared && !isAFXDP
	started, err := id.Start(dpdk.Setup{
		Queues: c.Queues, Ring: ringSize, Buffers: cmp.Or(c.Buffers, defaultBuffers),
		AllGroups: c.Exceptions != nil, Isolated: steered,
	})
	if err != nil {
		return nil, info, err
	}
	if started.Everything {
		local.OnlyTo([6]byte(info.MAC))
	}
	if !steered {
		warnOfSpread(c, info, started)
	}
	return &dpdkPort{
		port: id, mtu: info.MTU, maxMessage: info.MTU + frame.UsualLink - frame.UsualStart, sums: frame.Sums(started.Sums),
		ring: started.Ring, log: c.Log, steered: steered, stop: make(chan struct{}), counted: make(chan struct{}),
	}, info, nil
}

// addQueues makes the queues of the configuration.
func (p *dpdkPort) addQueues(c DPDKConfig, local *frame.Local) error {
	for i := range c.Queues {
		burst, err := p.port.NewBurst()
		if err == nil {
			q := &DPDKQueue{port: p, queue: i, local: local, burst: burst, sleeps: c.Sleep}
			p.queues = append(p.queues, q)
			if c.Exceptions != nil {
				err = q.joinExceptions(c.Exceptions)
			}
		}
		if err != nil {
			for _, q := range p.queues {
				q.burst.Free()
			}
			return err
		}
	}
	p.open.Store(int32(c.Queues))
	return nil
}

// leave is called by each queue at its end. With the last the port is closed;
// a device that does not stop is left to the end of the process.
func (p *dpdkPort) leave() {
	if p.open.Add(-1) > 0 {
		return
	}
	close(p.stop)
	<-p.counted
	_ = p.close(len(p.queues))
}
