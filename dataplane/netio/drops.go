package netio

import (
	"sync/atomic"

	"github.com/ipdcode/skydns/dataplane/frame"
)

// DropReason says why a driver did not carry a message or a frame. Each has a
// counter. Besides those below there is one for each verdict on a frame that
// is not a query to us: DropVerdict.
type DropReason uint8

// Drop reasons.
const (
	DropOverflow     DropReason = iota // the receive queue was full before we came to it
	DropOversize                       // a query larger than the receive buffer or the MTU
	DropNoBuffer                       // the device had no free buffer to receive into
	DropSend                           // the network did not take the reply
	DropException                      // a frame for the kernel: too many in a turn, or it does not keep up
	DropReceiveError                   // the device received the frame wrong
	DropSendError                      // the device did not send the frame; some drivers count what is a DropSend too
	dropVerdict                        // the first of the verdicts on frames

	// NumDropReasons is how many reasons there are.
	NumDropReasons = dropVerdict + DropReason(frame.NumVerdicts) - DropReason(frame.Query) - 1
)

var dropNames = [dropVerdict]string{"overflow", "oversize", "no-buffer", "send", "exception", "receive-error", "send-error"}

// DropVerdict is the reason for a frame with verdict v, which is not frame.Query.
func DropVerdict(v frame.Verdict) DropReason {
	return dropVerdict + DropReason(v-frame.Query) - 1
}

// String is the reason as metrics and logs spell it.
func (r DropReason) String() string {
	if r < dropVerdict {
		return dropNames[r]
	}
	return "frame-" + (frame.Verdict(r-dropVerdict) + frame.Query + 1).String()
}

// cacheLines is two cache lines in bytes: the unit in which processors
// prefetch, and so the distance at which writers do not slow each other.
const cacheLines = 128

// Drops counts what one queue dropped, and says how near it is to that. Only the queue's owner writes it, but
// for totals that a device keeps; anyone may read it at any time.
type Drops struct {
	_     [cacheLines]byte
	count [NumDropReasons]atomic.Uint64
	fill  atomic.Uint64
	_     [cacheLines]byte
}

// Add counts n more drops. For the queue's owner only: with one writer a load
// and a store are enough.
func (d *Drops) Add(r DropReason, n uint64) {
	d.count[r].Store(d.count[r].Load() + n)
}

// Set takes over a total that the kernel or the device counts itself. A reason
// that is Set by one goroutine is neither Set nor Added to by another.
func (d *Drops) Set(r DropReason, total uint64) { d.count[r].Store(total) }

// SetFill notes which part of the receive queue is full, in thousandths.
func (d *Drops) SetFill(permille uint64) { d.fill.Store(permille) }

// Fill is which part of the receive queue was full when that was last looked
// at, from 0 to 1; 0 where the driver cannot tell.
func (d *Drops) Fill() float64 { return float64(d.fill.Load()) / 1000 }

// Load is how many messages were dropped for that reason so far.
func (d *Drops) Load(r DropReason) uint64 { return d.count[r].Load() }
