package netio

import "sync/atomic"

// DropReason says why a driver did not carry a message. Each has a counter.
type DropReason uint8

// Drop reasons.
const (
	DropOverflow   DropReason = iota // the receive queue was full before we came to it
	DropOversize                     // a query larger than the receive buffer
	DropFrame                        // a frame that is damaged or not a query to us
	DropNoBuffer                     // the device had no free buffer to receive into
	DropSend                         // the network did not take the reply
	NumDropReasons                   // how many reasons there are
)

var dropNames = [NumDropReasons]string{"overflow", "oversize", "frame", "no-buffer", "send"}

// String is the reason as metrics and logs spell it.
func (r DropReason) String() string { return dropNames[r] }

// cacheLines is two cache lines in bytes: the unit in which processors
// prefetch, and so the distance at which writers do not slow each other.
const cacheLines = 128

// Drops counts what one queue dropped. Only the queue's owner writes it;
// anyone may read it at any time.
type Drops struct {
	_     [cacheLines]byte
	count [NumDropReasons]atomic.Uint64
	_     [cacheLines]byte
}

// Add counts n more drops. For the queue's owner only: with one writer a load
// and a store are enough.
func (d *Drops) Add(r DropReason, n uint64) {
	d.count[r].Store(d.count[r].Load() + n)
}

// Set takes over a total that the kernel or the device counts itself. For the
// queue's owner only.
func (d *Drops) Set(r DropReason, total uint64) { d.count[r].Store(total) }

// Load is how many messages were dropped for that reason so far.
func (d *Drops) Load(r DropReason) uint64 { return d.count[r].Load() }
