package engine

import (
	"encoding/binary"
	"math/bits"

	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// maxChosen is how many addresses of an RRset are told apart by health. A
// reply of 65,535 octets holds 4,095.
const maxChosen = 4096

// addressSet adds an A or AAAA RRset, of records of size octets, to the
// answers of the reply to query i: those records that the mode and the addresses' health
// leave, with owner as the owner. It returns false if they do not fit.
func (e *Engine) addressSet(v *snapshot.View, b *Batch, i int, set snapshot.Set, size, owner int) bool {
	count := set.Count()
	records := set.Records()
	if count*size > len(records) {
		count = len(records) / size
	}
	if count == 1 {
		return e.reply.address(records[:size], owner)
	}
	if e.mode == AllRotated && v.AllUp(set.HealthIndexes(count, size)) {
		return e.allRotated(records[:count*size], size, owner)
	}
	usable := e.usableOf(v, set, count, size)
	if len(usable) == 0 {
		return true
	}
	at := func(k uint16) []byte { return records[int(k)*size : (int(k)+1)*size] }
	switch e.mode {
	case RandomOne:
		return e.reply.address(at(usable[e.below(len(usable))]), owner)
	case HoneOne:
		return e.reply.address(at(hone(b.honed(i), usable, records, size)), owner)
	}
	return e.rotated(usable, records, size, owner)
}

// rotated adds all usable records, the first one another at each query.
func (e *Engine) rotated(usable []uint16, records []byte, size, owner int) bool {
	if e.reply.n+len(usable)*size > e.reply.end {
		return false
	}
	e.turn++
	k := int(e.turn) % len(usable)
	for range usable {
		e.reply.address(records[int(usable[k])*size:][:size], owner)
		if k++; k == len(usable) {
			k = 0
		}
	}
	return true
}

// allRotated is rotated for records that are all usable: two copies.
func (e *Engine) allRotated(records []byte, size, owner int) bool {
	r := &e.reply
	if r.n+len(records) > r.end {
		return false
	}
	count := len(records) / size
	e.turn++
	first := int(e.turn) % count * size
	start := r.n
	r.n += copy(r.buf[r.n:], records[first:])
	r.n += copy(r.buf[r.n:], records[:first])
	if owner != wire.HeaderLen { // records are stored for the answer to a question for them
		for off := start; off < r.n; off += size {
			binary.BigEndian.PutUint16(r.buf[off:], pointerTag|uint16(owner))
		}
	}
	r.an += uint16(count)
	return true
}

// usableOf lists the records whose addresses are UP; all of them if none is:
// an address that may be dead beats no answer.
func (e *Engine) usableOf(v *snapshot.View, set snapshot.Set, count, size int) []uint16 {
	count = min(count, maxChosen)
	n := 0
	for k, index := range set.HealthIndexes(count, size) {
		if v.Up(index) {
			e.usable[n] = uint16(k)
			n++
		}
	}
	if n == 0 {
		for n < count {
			e.usable[n] = uint16(n)
			n++
		}
	}
	return e.usable[:n]
}

// address copies one stored address record to the answers.
func (r *reply) address(rr []byte, owner int) bool {
	n := r.n
	if n+len(rr) > r.end {
		return false
	}
	copy(r.buf[n:n+len(rr)], rr)
	binary.BigEndian.PutUint16(r.buf[n:], pointerTag|uint16(owner))
	r.n = n + len(rr)
	r.an++
	return true
}

// below is a random number below n (xorshift64*, Vigna 2014).
func (e *Engine) below(n int) int {
	x := e.random
	x ^= x >> 12
	x ^= x << 25
	x ^= x >> 27
	e.random = x
	hi, _ := bits.Mul64(x*0x2545f4914f6cdd1d, uint64(n))
	return int(hi)
}

// honed is the client for whom the answer to query i is chosen: the network
// that a trusted resolver tells, which then hears that the answer is for it
// alone, else who asks. A resolver tells 0 bits to keep its client out of it.
func (b *Batch) honed(i int) Client {
	if b.query[i].opt > wire.OPTLen {
		if s := &b.options[i].subnet; s.given && s.source > 0 {
			s.scope = s.source
			return s.client
		}
	}
	return b.Client[i]
}

// hone chooses by rendezvous hashing (Thaler and Ravishankar 1998): the
// record whose address, hashed with the client's, gives the highest value.
// The same on every core, node and run; when an address goes, only the
// clients that had it move.
func hone(client Client, usable []uint16, records []byte, size int) uint16 {
	salt := scramble(scramble(client.Hi^honeK0) ^ client.Lo)
	best, top := usable[0], uint64(0)
	for _, k := range usable {
		w := uint64(honeK1)
		for addr := records[int(k)*size:][12:size]; len(addr) >= 4; addr = addr[4:] {
			w = scramble(w ^ uint64(binary.BigEndian.Uint32(addr)))
		}
		if score := scramble(w ^ salt); score >= top {
			best, top = k, score
		}
	}
	return best
}

// Keys of the rendezvous hash: part of what clients see, so never changed.
const (
	honeK0 = 0x8ebc6af09c88c6e3
	honeK1 = 0x589965cc75374cc3
)

// scramble is the finalizer of SplitMix64 (Steele, Lea and Flood 2014): each
// bit of x changes each bit of the result about half of the time. Neighbouring
// clients and addresses need that; one multiplication does not give it.
func scramble(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}
