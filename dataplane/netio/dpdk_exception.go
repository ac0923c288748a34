//go:build dpdk

package netio

import (
	"github.com/ipdcode/skydns/cgo/dpdk"
	"github.com/ipdcode/skydns/dataplane/frame"
)

// mostExceptions is how many frames a queue gives to the kernel and takes from
// it in a turn: each costs about what a query does.
const mostExceptions = 16

// dpdkExceptions is a queue's side of the exception port.
type dpdkExceptions struct {
	toKernel *FrameRing
	left     int // frames that may go to the kernel in this turn

	// Of the first queue alone, else nil.
	shared *Exceptions
	burst  *dpdk.Burst
	pool   dpdk.Pool
}

// joinExceptions gives queue q of the port its side of e.
func (q *DPDKQueue) joinExceptions(e *Exceptions) (err error) {
	x := &dpdkExceptions{toKernel: e.ToKernel[q.queue]}
	if q.queue == 0 {
		x.shared = e
		if x.pool, err = q.port.port.Pool(0); err != nil {
			return err
		}
		if x.burst, err = q.port.port.NewBurst(); err != nil {
			return err
		}
	}
	q.exceptions = x
	return nil
}

// punt gives frame i of the burst, with verdict v, to the kernel. It returns
// false if that is not for the kernel; one for which there is no place is
// dropped and counted.
func (q *DPDKQueue) punt(i int, v frame.Verdict) bool {
	x := q.exceptions
	if x == nil || !v.Exceptional() {
		return false
	}
	f := q.burst.Frame(i)
	space := []byte(nil)
	if x.left > 0 {
		space = x.toKernel.Space()
	}
	if len(f) > len(space) {
		q.drops.Add(DropException, 1)
		return true
	}
	x.left--
	x.toKernel.Put(copy(space, f))
	return true
}

// beginTurn renews what may go to the kernel, and transmits what comes from it.
func (x *dpdkExceptions) beginTurn(q *DPDKQueue) {
	x.left = mostExceptions
	if x.shared == nil {
		return
	}
	ring := x.shared.FromKernel
	n := min(ring.Len(), mostExceptions)
	if n == 0 || x.burst.Fill(x.pool, n) == 0 {
		return // without a buffer now they stay in the ring
	}
	for i := range n {
		f := x.burst.Frame(i)
		x.burst.SetLen(i, copy(f[:cap(f)], ring.Frame()))
		ring.Take()
	}
	x.burst.Transmit(q.port.port, q.queue, 0)
}

// waiting reports whether the kernel sends what was not transmitted yet.
func (x *dpdkExceptions) waiting() bool { return x.shared != nil && x.shared.FromKernel.Len() > 0 }

// release frees what the first queue holds.
func (x *dpdkExceptions) release() {
	if x.burst != nil {
		x.burst.Free()
	}
}
