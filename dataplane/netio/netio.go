// Package netio moves DNS messages between a network and the engine: one
// Queue interface and its drivers. It knows nothing of what the messages say.
package netio

import "github.com/ipdcode/skydns/dataplane/engine"

// Queue is one receive queue and one transmit queue of a driver. It belongs
// to one goroutine, locked to its thread and pinned to its core; only Close
// may be called from another.
//
// A turn is Receive, then the engine, then Send. The memory behind b.Msg is
// the queue's: it is valid from Receive until the Send of the same batch.
type Queue interface {
	// Receive fills b with up to engine.BatchSize queries, each slice with
	// the capacity that its reply may take. It waits a bounded time, at most 100 ms,
	// for the first of them and not for more; b.N may be 0 afterwards. It
	// returns false once the queue is closed.
	Receive(b *engine.Batch) bool

	// Send sends the replies of the batch that the last Receive filled. An
	// empty reply is dropped. What the network does not take is dropped and
	// counted. Every Receive with b.N > 0 is followed by one Send.
	Send(b *engine.Batch)

	// Close ends the queue. Receive returns false soon after, and the owner
	// then calls nothing more.
	Close() error
}
