//go:build dpdk

package dpdk

// #include "burst.h"
// #include "port.h"
// #cgo noescape burst_fill
// #cgo nocallback burst_fill
import "C"

import (
	"fmt"
	"unsafe"
)

// Pool is where the frames of a pair of queues come from. It is freed with its port.
type Pool struct{ pool unsafe.Pointer }

// Pool is the pool of a pair of queues of a started port (rte_mempool_lookup).
func (p Port) Pool(queue int) (Pool, error) {
	pool := C.port_pool(C.uint16_t(p), C.uint16_t(queue))
	if pool == nil {
		return Pool{}, fmt.Errorf("port %d has no queue %d that was started", p, queue)
	}
	return Pool{pool}, nil
}

// Fill makes the empty burst one of n new frames of length 0
// (rte_pktmbuf_alloc_bulk) and returns n, or 0 if the pool has not so many.
// Frame and SetLen then make them what Transmit is to send.
func (b *Burst) Fill(p Pool, n int) int {
	return int(C.burst_fill((*C.struct_burst)(b), p.pool, C.uint16_t(n)))
}
