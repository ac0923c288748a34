//go:build dpdk

package dpdk

// #include "burst.h"
// #include "port.h"
// #cgo noescape burst_receive
// #cgo nocallback burst_receive
// #cgo noescape burst_transmit
// #cgo nocallback burst_transmit
import "C"

import (
	"errors"
	"unsafe"
)

// BurstSize is the most frames of a burst.
const BurstSize = C.BURST_SIZE

// Burst is up to BurstSize frames in DPDK's memory. It belongs to one
// goroutine. Indexes run from 0 to what Receive returned; a frame is valid
// until the Transmit that follows.
type Burst C.struct_burst

// NewBurst makes an empty burst outside of Go's memory, on the port's NUMA
// node; Free it.
func (p Port) NewBurst() (*Burst, error) {
	b := C.burst_new(C.uint16_t(p))
	if b == nil {
		return nil, errors.New("no DPDK memory for a burst: give EAL more (-m)")
	}
	return (*Burst)(b), nil
}

// Free frees the burst and the frames that it holds.
func (b *Burst) Free() { C.burst_free((*C.struct_burst)(b)) }

// number is where the burst is, which is not in Go's memory.
func (b *Burst) number() C.uintptr_t { return C.uintptr_t(uintptr(unsafe.Pointer(b))) }

// Receive fills the empty burst and returns how many frames came
// (rte_eth_rx_burst). It does not wait.
func (b *Burst) Receive(p Port, queue int) int {
	return int(C.burst_receive(b.number(), C.uint16_t(p), C.uint16_t(queue)))
}

// Transmit empties the burst: frames go out with their lengths of now, those
// of length 0 and those that the device does not take are freed
// (rte_eth_tx_burst). sums is the port's Started.Sums.
func (b *Burst) Transmit(p Port, queue int, sums Sums) {
	C.burst_transmit(b.number(), C.uint16_t(p), C.uint16_t(queue), C.uint8_t(sums))
}

// Frame is frame i with its length; its capacity is the room that its buffer
// has. A frame that came in several segments is empty.
func (b *Burst) Frame(i int) []byte {
	return unsafe.Slice((*byte)(b.data[i]), int(b.room[i]))[:b.len[i]]
}

// Frames is where the first n frames begin, their lengths, which may be set,
// and the room that their buffers have.
func (b *Burst) Frames(n int) (data []unsafe.Pointer, length, room []uint16) {
	return unsafe.Slice((*unsafe.Pointer)(unsafe.Pointer(&b.data)), BurstSize)[:n],
		unsafe.Slice((*uint16)(unsafe.Pointer(&b.len)), BurstSize)[:n],
		unsafe.Slice((*uint16)(unsafe.Pointer(&b.room)), BurstSize)[:n]
}

// SetLen sets the length of frame i, 0 for one that is not to be sent.
func (b *Burst) SetLen(i, n int) { b.len[i] = C.uint16_t(n) }

// Good is the checksums of frame i that the device found right.
func (b *Burst) Good(i int) Sums {
	var good Sums
	if b.flags[i]&C.BURST_IP_MASK == C.BURST_IP_GOOD {
		good |= C.PORT_SUM_IP
	}
	if b.flags[i]&C.BURST_UDP_MASK == C.BURST_UDP_GOOD {
		good |= C.PORT_SUM_UDP
	}
	return good
}

// Unsent is how many frames the device did not take, since the start.
func (b *Burst) Unsent() uint64 { return uint64(b.unsent) }
