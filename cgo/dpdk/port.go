//go:build dpdk

package dpdk

// #include <stdlib.h>
// #include "port.h"
import "C"

import (
	"fmt"
	"net"
	"strconv"
)

// Port is DPDK's number of a port.
type Port uint16

// Info is what a port is. Link is as of the call.
type Info struct {
	Name      string // as --vdev or the bus names it
	Driver    string // of DPDK
	MAC       net.HardwareAddr
	MTU       int // octets of an IP datagram
	MaxQueues int // most pairs of a receive and a transmit queue
	LinkUp    bool
	Kernels   bool // the kernel has an interface for it
	Node      int  // of NUMA; negative: unknown
}

// Setup is how Start sets a port up.
type Setup struct {
	Queues  int // pairs of a receive and a transmit queue
	Ring    int // descriptors of each queue, as near as the device can
	Buffers int // frames in the pool of each pair

	Plain     bool // no checksums by the device, in no direction
	AllGroups bool // receive what is sent to any group's MAC
	Isolated  bool // receive what Steer gives it and nothing else; the rest is the kernel's
}

// Started is what a port does once set up.
type Started struct {
	Ring       int    // descriptors that each receive queue has
	Sums       Sums   // the device fills these in on transmit
	Everything bool   // it receives what is sent to other machines' MACs too
	Spreads4   Spread // how the device spreads UDP over IPv4 over several queues
	Spreads6   Spread // the same over IPv6
}

// Spread is by what a device spreads UDP over its queues.
type Spread uint8

// The ways to spread, the better ones after the worse.
const (
	SpreadNone    Spread = C.PORT_SPREAD_NONE
	SpreadAddress Spread = C.PORT_SPREAD_ADDRESS // by the addresses alone
	SpreadPort    Spread = C.PORT_SPREAD_PORT    // by addresses and ports
)

// Sums is a set of checksums. The numbers are those of frame.Sums.
type Sums uint8

// Stats is what a port counted since its start (rte_eth_stats_get).
type Stats struct {
	Missed   uint64 // frames that found the receive queue full
	NoBuffer uint64 // frames that found the pool empty
	Broken   uint64 // frames that the device received wrong
	Unsent   uint64 // frames that the device did not send; some drivers count those that they did not take too
}

// Waiting is how many frames wait in a receive queue of a started port
// (rte_eth_rx_queue_count); 0 where the driver cannot tell. Any thread may ask.
func (p Port) Waiting(queue int) int { return int(C.port_waiting(C.uint16_t(p), C.uint16_t(queue))) }

// LinkUp reports whether the link is up (rte_eth_link_get_nowait).
func (p Port) LinkUp() bool { return C.port_link_up(C.uint16_t(p)) != 0 }

// Ports lists the ports that exist.
func Ports() []Port {
	var all []Port
	for p := C.port_next(0); p >= 0; p = C.port_next(C.uint16_t(p) + 1) {
		all = append(all, Port(p))
	}
	return all
}

// FindPort finds a port by its name or number; the first of all if it is
// empty. The error says why there is none, or which there are.
func FindPort(name string) (Port, error) {
	var names []string
	for _, p := range Ports() {
		info, err := p.Info()
		if err != nil {
			return 0, err
		}
		if name == "" || name == info.Name || name == strconv.Itoa(int(p)) {
			return p, nil
		}
		names = append(names, info.Name)
	}
	return 0, noPort(name, names, atStart)
}

// Info describes the port (rte_eth_dev_info_get and its like).
func (p Port) Info() (Info, error) {
	var c C.struct_port_info
	if rc := C.port_info(C.uint16_t(p), &c); rc < 0 {
		return Info{}, explain(fmt.Sprintf("ask DPDK about port %d", p), errno(rc), nil)
	}
	info := Info{
		Name: C.GoString(&c.name[0]), Driver: C.GoString(&c.driver[0]), MAC: make(net.HardwareAddr, 6),
		MTU: int(c.mtu), MaxQueues: int(c.max_queues), LinkUp: c.link_up != 0, Kernels: c.kernels != 0, Node: int(c.node),
	}
	for i := range info.MAC {
		info.MAC[i] = byte(c.mac[i])
	}
	return info, nil
}

// Start sets up pools and queues and starts the port (rte_eth_dev_configure,
// rte_eth_rx_queue_setup, rte_eth_tx_queue_setup, rte_eth_dev_start), with
// checksums and receive-side scaling by the device as far as it offers them,
// isolated if that is asked (rte_flow_isolate).
func (p Port) Start(s Setup) (Started, error) {
	setUp.Lock()
	defer setUp.Unlock()
	info, err := p.Info()
	if err != nil {
		return Started{}, err
	}
	if s.Queues < 1 || s.Queues > info.MaxQueues {
		return Started{}, fmt.Errorf("port %s has %d queues where %d cores want one each: give as many cores in [Dataplane], or more queues to the device", info.Name, info.MaxQueues, s.Queues)
	}
	if s.Isolated && !info.Kernels {
		return Started{}, unshared(info.Name, "the kernel has no interface for it", nil, "", 1)
	}
	c := C.struct_port_setup{queues: C.uint16_t(s.Queues), ring: C.uint16_t(s.Ring), buffers: C.uint32_t(s.Buffers),
		plain: flag(s.Plain), all_groups: flag(s.AllGroups), isolated: flag(s.Isolated)}
	var text *C.char
	rc := C.port_start(C.uint16_t(p), &c, &text)
	said := lines(text)
	if c.refused != nil {
		return Started{}, unshared(info.Name, C.GoString(c.failed), errno(rc), C.GoString(c.refused), 1)
	}
	if rc < 0 {
		return Started{}, explain(fmt.Sprintf("start port %s: %s", info.Name, C.GoString(c.failed)), errno(rc), said)
	}
	return Started{Ring: int(c.rx_ring), Sums: Sums(c.sums), Everything: c.everything != 0, Spreads4: Spread(c.spreads4), Spreads6: Spread(c.spreads6)}, nil
}

func flag(b bool) C.uint8_t {
	if b {
		return 1
	}
	return 0
}

// Close stops and closes a port that was started with so many queues, once
// its link had the time to carry what they hold, 200 ms at most, and frees its
// pools (rte_eth_dev_stop, rte_eth_dev_close). No burst may hold
// frames of it any more.
func (p Port) Close(queues int) error {
	if rc := C.port_close(C.uint16_t(p), C.uint16_t(queues)); rc < 0 {
		return explain(fmt.Sprintf("close port %d", p), errno(rc), nil)
	}
	return nil
}

// Stats reads the port's counters.
func (p Port) Stats() (Stats, error) {
	var c C.struct_port_stats
	if rc := C.port_stats(C.uint16_t(p), &c); rc < 0 {
		return Stats{}, explain(fmt.Sprintf("read the counters of port %d", p), errno(rc), nil)
	}
	return Stats{Missed: uint64(c.missed), NoBuffer: uint64(c.no_buffer), Broken: uint64(c.broken), Unsent: uint64(c.unsent)}, nil
}
