// Package engine answers batches of DNS queries out of a snapshot. (STUB: being filled in)
package engine

import "github.com/ipdcode/skydns/dataplane/snapshot"

type scratch struct{}

// Mode is how one of several addresses is chosen.
type Mode uint8

// Answer modes.
const (
	AllRotated Mode = iota // all usable addresses, in rotating order
	RandomOne              // one at random
	HoneOne                // one by rendezvous hashing of the client's address
)

// Config of an engine.
type Config struct {
	Mode Mode
	Seed uint64 // of the random numbers
}

// Engine is used by one goroutine.
type Engine struct{}

// New makes one.
func New(c Config) *Engine { return &Engine{} }

// Answer turns the queries of b into replies. v may be nil: SERVFAIL.
func (e *Engine) Answer(v *snapshot.View, b *Batch) {}
