//go:build dpdk

package netio

import (
	"fmt"
	"io/fs"
	"time"

	"github.com/ipdcode/skydns/cgo/dpdk"
)

// watchInterval is how often the device's own counters and its link are looked at.
const watchInterval = time.Second

// warnOfSpread says in the log what a device with several queues does not do.
func warnOfSpread(c DPDKConfig, info dpdk.Info, started dpdk.Started) {
	if c.Queues == 1 || info.Driver == "net_af_xdp" { // there the kernel's driver spreads
		return
	}
	for _, family := range []struct {
		name   string
		spread dpdk.Spread
	}{{"IPv4", started.Spreads4}, {"IPv6", started.Spreads6}} {
		warn := c.Log.Warn().Str("port", info.Name).Str("dpdk-driver", info.Driver)
		switch family.spread {
		case dpdk.SpreadNone:
			warn.Msg("the device does not spread UDP over " + family.name + " over its queues: one core may get all of it: use one core, or another device")
		case dpdk.SpreadAddress:
			warn.Msg("the device spreads UDP over " + family.name + " by addresses, not by ports: all that one resolver asks comes to one core")
		}
	}
}

// warnOfNode says in the log which poll loops are on another NUMA node than the
// port: each frame then crosses from one to the other.
func warnOfNode(c DPDKConfig, info dpdk.Info, cpus fs.FS) {
	if info.Node < 0 {
		return
	}
	for _, core := range c.Cores {
		here, _ := fs.Glob(cpus, fmt.Sprintf("cpu%d/node%d", core, info.Node))
		known, _ := fs.Glob(cpus, fmt.Sprintf("cpu%d/node*", core))
		if len(known) > 0 && len(here) == 0 {
			c.Log.Warn().Str("port", info.Name).Int("node", info.Node).Int("core", core).
				Msg("this core is on another NUMA node than the port, and slower: choose cores of the port's node (lscpu) in [Dataplane]")
		}
	}
}

// watchDevice takes over the device's own counts of drops, which are the
// whole port's, into the first queue's, and how full each queue's ring is, and
// says in the log when the link changes, until the port is closed.
func (p *dpdkPort) watchDevice(info dpdk.Info) {
	defer close(p.counted)
	tick := time.NewTicker(watchInterval)
	defer tick.Stop()
	up := info.LinkUp
	for {
		select {
		case <-tick.C:
		case <-p.stop:
			return
		}
		p.count()
		if was := up; was != p.port.LinkUp() {
			up = !was
			p.log.Warn().Str("port", info.Name).Bool("link", up).Msg("the link has changed")
		}
	}
}

// count reads the device's counters.
func (p *dpdkPort) count() {
	if s, err := p.port.Stats(); err == nil {
		d := &p.queues[0].drops
		d.Set(DropOverflow, s.Missed)
		d.Set(DropNoBuffer, s.NoBuffer)
		d.Set(DropReceiveError, s.Broken)
		d.Set(DropSendError, s.Unsent)
	}
	for i, q := range p.queues {
		q.drops.SetFill(uint64(1000 * p.port.Waiting(i) / p.ring))
	}
}
