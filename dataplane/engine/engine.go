package engine

import (
	"bytes"
	"encoding/binary"
	"sync/atomic"

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

// Engine answers queries. It belongs to one goroutine, and holds the scratch
// memory of that core.
type Engine struct {
	mode   Mode
	full   bool
	random uint64
	turn   uint32

	next atomic.Pointer[Config] // of Reconfigure, not yet taken

	udpSize   int
	nsid      string
	cookies   bool
	trusted   networks
	keepalive uint16
	chaosText [chaosNames]string
	limits    *limits

	secrets snapshot.CookieSecrets // of the cookies in the batch under way
	reply   reply
	path    path
	target  target
	usable  [maxChosen]uint16
	room    snapshot.Room // of the RRset that is being looked at
}

// New makes an engine.
func New(c Config) *Engine {
	e := &Engine{random: c.Seed*2 + 1}
	e.configure(c)
	return e
}

// short is as much of a text as replies have room for.
func short(text string) string { return text[:min(len(text), maxText)] }

// Answer turns the first b.N queries of b into replies. v is what the core's
// slot gave for this turn; nil, before the first complete snapshot, makes
// every answer SERVFAIL.
func (e *Engine) Answer(v *snapshot.View, b *Batch) {
	if e.next.Load() != nil {
		e.configure(*e.next.Swap(nil))
	}
	n := min(b.N, BatchSize)
	var seed uint64
	if v != nil {
		seed = v.Seed()
	}
	wire.Questions(b.Msg[:n], seed, b.length[:n], b.qtype[:n], b.hash[:n])
	if bytes.IndexByte(b.length[:n], 0) >= 0 {
		e.readOthers(v, b, n, seed)
	}
	if e.limits != nil {
		for i := range n {
			e.take(v, b, i)
		}
		e.limit(v, b, n)
	}
	if v == nil {
		e.failAll(b, n)
		return
	}
	e.find(v, b, n)
	if bytes.IndexByte(b.found[:n], 0) < 0 {
		b.oneAddresses(n)
		return
	}
	for i := range n {
		if b.found[i] != 0 {
			b.oneAddress(i)
		} else if e.take(v, b, i); !b.query[i].done {
			e.answer(v, b, i)
		}
	}
}

// find looks for the names of n queries, and for the answers that are one address.
func (e *Engine) find(v *snapshot.View, b *Batch, n int) {
	if !e.full {
		v.OneAddresses(b.hash[:n], b.off[:n], b.Msg[:n], b.length[:n], b.found[:n])
		return
	}
	v.Homes(b.hash[:n], b.off[:n])
	v.Candidates(b.hash[:n], b.off[:n])
	clear(b.found[:n])
}

// readOthers reads the messages of which wire.Questions knew nothing.
func (e *Engine) readOthers(v *snapshot.View, b *Batch, n int, seed uint64) {
	for i := range n {
		if b.length[i] == 0 && !e.takeWithOPT(v, b, i, seed) {
			e.parse(v, b, i)
		}
	}
}

// failAll answers SERVFAIL to each of n queries that is well formed.
func (e *Engine) failAll(b *Batch, n int) {
	for i := range n {
		if b.length[i] != 0 || b.query[i].scanned && !b.query[i].done {
			e.parse(nil, b, i)
		}
		if !b.query[i].done {
			e.fail(b, i, ServFail)
		}
	}
}

// answer makes the reply to query i.
func (e *Engine) answer(v *snapshot.View, b *Batch, i int) {
	q := &b.query[i]
	var node snapshot.Node
	if q.scanned {
		msg := b.Msg[i]
		name := msg[wire.HeaderLen:cap(msg)]
		l := q.end - 4 - wire.HeaderLen
		if node = v.AtLower(b.off[i], name, l); node == nil {
			if e.parse(v, b, i); q.done {
				return
			}
		}
	}
	if node == nil {
		node = v.At(b.off[i], &b.name[i], b.hash[i])
	}
	if size := snapshot.AddrSize(q.qtype); size != 0 && node != nil && !e.full && v.Plain(node.Spot()) {
		if set := node.Find(q.qtype, &e.room); set != nil {
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
	r := &e.reply
	r.start(b.Msg[i], q)
	r.flags = wire.FlagAA
	b.Verdict[i] = Answered
	if !e.addressSet(v, b, i, set, size, wire.HeaderLen) {
		r.flags |= wire.FlagTC
		b.Verdict[i] = Truncated
	}
	b.Msg[i] = e.finish(b, i, wire.RcodeNoError)
}

// oneAddresses is oneAddress for all of n queries.
func (b *Batch) oneAddresses(n int) {
	for i := range n {
		b.oneAddress(i)
	}
}

// oneAddress answers query i with the one A record of its name, which stands
// behind it already: the most frequent of all answers, in as few stores as there
// are (BenchmarkAnswer: a third of what the general way takes).
func (b *Batch) oneAddress(i int) {
	b.Msg[i] = b.Msg[i][:len(b.Msg[i])+snapshot.RecordLen] // by itself: only the length is stored
	msg := b.Msg[i]
	flags := binary.BigEndian.Uint16(msg[2:])&keptFlags | wire.FlagQR | wire.FlagAA
	binary.BigEndian.PutUint64(msg[2:], uint64(flags)<<48|1<<32|1<<16)
	b.Verdict[i] = Answered
}
