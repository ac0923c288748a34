// Package netio moves DNS messages between a network and the engine: one
// Queue interface and its drivers. It knows nothing of what the messages say.
//
//	socket  kernel UDP sockets, recvmmsg and sendmmsg (socket.go)
//	dpdk    any port that DPDK has, build tag dpdk (dpdk.go)
//	mem     messages from memory, for tests and benchmarks (mem.go)
//
// conformance_test.go is the contract as a test, run over every driver.
package netio

import "github.com/ipdcode/skydns/dataplane/engine"

// Queue is one receive queue and one transmit queue of a driver. It belongs
// to one goroutine, locked to its thread and pinned to its core; only Close
// and Drops may be called from others.
//
// A turn is Receive, then the engine, then Send. The memory behind b.Msg is
// the queue's: it is valid from Receive until the Send of the same batch, and
// the replies are in it.
type Queue interface {
	// Receive fills b with up to engine.BatchSize queries, each slice with
	// the capacity that its reply may take. It waits a bounded time, at most 100 ms,
	// for the first of them and not for more; b.N may be 0 afterwards. It
	// returns false once the queue is closed and what it had received before
	// is answered.
	Receive(b *engine.Batch) bool

	// Send sends the replies of the batch that the last Receive filled. An
	// empty reply is dropped. What the network does not take is dropped and
	// counted. Every Receive with b.N > 0 is followed by one Send.
	Send(b *engine.Batch)

	// Drops is what the queue dropped so far.
	Drops() *Drops

	// Close ends the queue. Receive returns false soon after, releases what
	// the queue holds, and the owner then calls nothing more.
	Close() error
}
