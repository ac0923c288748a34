package engine

import (
	"encoding/binary"

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
	var node snapshot.Node
	if q.lower {
		msg := b.Msg[i]
		node = v.AtLower(b.off[i], msg[wire.HeaderLen:cap(msg)], q.end-4-wire.HeaderLen)
	}
	if node == nil {
		if q.lower {
			q.name.Set(b.Msg[i][wire.HeaderLen:q.end-4], 0)
		}
		node = v.At(b.off[i], &q.name, b.hash[i])
	}
	if size := snapshot.AddrSize(q.qtype); size != 0 && node != nil && v.Plain(node.Zone()) && !e.full {
		if set := node.Sets().Find(q.qtype); set != nil {
			e.addresses(v, b, i, set, size)
			return
		}
	}
	e.resolve(v, b, i, node)
}

// addresses answers with an A or AAAA RRset of the name asked for: the plain
// case, in which nothing needs compression.
func (e *Engine) addresses(v *snapshot.View, b *Batch, i int, set snapshot.Set, size int) {
	q := &b.query[i]
	if set.Count() == 1 && size == 16 && b.oneAddress(i, set.Records()) {
		return
	}
	r := &e.reply
	r.start(b.Msg[i], q)
	r.flags = wire.FlagAA
	b.Verdict[i] = Answered
	if !e.addressSet(v, b.Client[i], set, size, wire.HeaderLen) {
		r.flags |= wire.FlagTC
		b.Verdict[i] = Truncated
	}
	b.Msg[i] = r.finish(q, wire.RcodeNoError)
}

// oneAddress answers query i with the one A record of its name, the most
// frequent of all answers, in as few stores as there are (BenchmarkAnswer: a
// third of what the general way takes). It returns false if there is no room.
func (b *Batch) oneAddress(i int, records []byte) bool {
	q := &b.query[i]
	msg := b.Msg[i]
	n := q.end
	const rr = 16
	if n+rr+wire.OPTLen > min(q.limit, cap(msg)) || len(records) < rr {
		return false
	}
	msg = msg[:n+rr+wire.OPTLen]
	answer := msg[n : n+rr]
	binary.LittleEndian.PutUint64(answer, binary.LittleEndian.Uint64(records))
	binary.LittleEndian.PutUint64(answer[8:], binary.LittleEndian.Uint64(records[8:]))
	n += rr
	additional := uint16(0)
	if q.edns {
		wire.PutOPT(msg[n:], ourSize, 0, q.do)
		n += wire.OPTLen
		additional = 1
	}
	flags := binary.BigEndian.Uint16(msg[2:])&keptFlags | wire.FlagQR | wire.FlagAA
	binary.BigEndian.PutUint64(msg[2:], uint64(flags)<<48|1<<32|1<<16)
	binary.BigEndian.PutUint16(msg[10:], additional)
	b.Msg[i], b.Verdict[i] = msg[:n], Answered
	return true
}
