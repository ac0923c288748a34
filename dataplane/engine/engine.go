package engine

import (
	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// Mode is how one of several addresses is chosen.
type Mode uint8

// Modes.
const (
	AllRotated Mode = iota // all usable addresses, in an order that rotates
	RandomOne              // one, at random for each query
	HoneOne                // one, by rendezvous hashing of client and address
)

// Config of an Engine.
type Config struct {
	Mode Mode
	Seed uint64 // of the random numbers; each core's is another

	// Full adds what clients do not need but servers of the old school send:
	// the zone's NS RRset with a positive answer, and the addresses of the
	// hosts that it names.
	Full bool
}

// Engine answers queries. It belongs to one goroutine, and holds the scratch
// memory of that core.
type Engine struct {
	mode   Mode
	full   bool
	random uint64
	turn   uint32

	reply  reply
	path   path
	target target
	usable [maxChosen]uint16
}

// New makes an engine.
func New(c Config) *Engine {
	return &Engine{mode: c.Mode, full: c.Full, random: c.Seed*2 + 1}
}

// Answer turns the first b.N queries of b into replies. v is what the core's
// slot gave for this turn; nil, before the first complete snapshot, makes
// every answer SERVFAIL.
func (e *Engine) Answer(v *snapshot.View, b *Batch) {
	n := min(b.N, BatchSize)
	var seed uint64
	if v != nil {
		seed = v.Seed()
	}
	for i := range n {
		e.parse(b, i, seed)
	}
	if v == nil {
		for i := range n {
			if !b.query[i].done {
				b.fail(i, ServFail)
			}
		}
		return
	}
	v.Homes(b.hash[:n], b.off[:n])
	v.Candidates(b.hash[:n], b.off[:n])
	for i := range n {
		if !b.query[i].done {
			e.answer(v, b, i)
		}
	}
}

// answer makes the reply to query i.
func (e *Engine) answer(v *snapshot.View, b *Batch, i int) {
	q := &b.query[i]
	node := v.At(b.off[i], &q.name, b.hash[i])
	size := snapshot.AddrSize(q.qtype)
	if node != nil && size != 0 && !e.full {
		zone := v.Zone(node.Zone())
		if set := node.Sets().Find(q.qtype); set != nil && zone != nil && !zone.HasCuts() {
			e.addresses(v, b, i, set, size)
			return
		}
	}
	e.resolve(v, b, i, node)
}

// addresses answers with an A or AAAA RRset of the name asked for: the plain
// case, in which nothing needs compression.
func (e *Engine) addresses(v *snapshot.View, b *Batch, i int, set snapshot.Set, size int) {
	q, r := &b.query[i], &e.reply
	r.start(b.Msg[i], q)
	r.flags = wire.FlagAA
	b.Verdict[i] = Answered
	if !e.addressSet(v, b.Client[i], set, size, wire.HeaderLen) {
		r.flags |= wire.FlagTC
		b.Verdict[i] = Truncated
	}
	b.Msg[i] = r.finish(q, wire.RcodeNoError)
}
