package stats

import (
	"encoding/binary"
	"math/rand/v2"
	"sync/atomic"

	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/wire"
)

const (
	// ways is how many names share a set; sets how many sets there are. The
	// names asked for most stay among 1,024.
	ways = 8
	sets = 128
)

// nameSeed keeps those who ask from choosing names that share a set.
var nameSeed = rand.Uint64()

// names counts how often names are asked for, in memory of a fixed size, by
// the space-saving algorithm (Metwally et al., 2005) on each of its sets: a name
// that is not there takes the place of the one with the smallest count, and
// that count, as what it may have too much.
//
// The core's worker writes; anyone may read at any time, and finds of each
// place either what was there or what is.
type names struct {
	set     [sets]nameSet
	scratch wire.LowerName // the worker's own
}

type nameSet struct {
	hash  [ways]atomic.Uint64
	count [ways]atomic.Uint64 // 0: free
	place [ways]place
}

// place is the rest of what is known of a name. While it is changed, version is odd.
type place struct {
	version     atomic.Uint32
	length      atomic.Uint32
	extra       atomic.Uint64 // of count, what may be others'
	first, last atomic.Uint64 // milliseconds since 1970
	name        [wire.Words]atomic.Uint64
}

// countNames counts the names of a batch that was answered: of each query, or
// of one at random that counts for all, as the turn's weight says.
func (c *Core) countNames(b *engine.Batch) {
	w := c.sample.weight
	if w == 1 {
		for i := range b.N {
			c.names.count(b.Msg[i], 1, b.Now)
		}
		return
	}
	i := int(c.sample.next() % uint32(b.N))
	c.names.count(b.Msg[i], w*uint64(b.N), b.Now)
}

// count counts the name in a message's question; of a message that has none,
// nothing.
func (n *names) count(msg []byte, weight, now uint64) {
	if len(msg) < wire.HeaderLen || msg[4]|msg[5] == 0 {
		return
	}
	end := wire.SkipName(msg, wire.HeaderLen)
	if end <= wire.HeaderLen || end > len(msg) || end-wire.HeaderLen > wire.MaxName {
		return
	}
	hash := n.scratch.Set(msg[wire.HeaderLen:end], nameSeed)
	set := &n.set[hash%sets]
	least := 0
	for i := range ways {
		if set.hash[i].Load() == hash && set.count[i].Load() > 0 {
			set.count[i].Store(set.count[i].Load() + weight)
			set.place[i].last.Store(now)
			return
		}
		if set.count[i].Load() < set.count[least].Load() {
			least = i
		}
	}
	p := &set.place[least]
	p.version.Add(1)
	before := set.count[least].Load()
	set.hash[least].Store(hash)
	set.count[least].Store(before + weight)
	p.extra.Store(before)
	p.first.Store(now)
	p.last.Store(now)
	p.length.Store(uint32(n.scratch.Len))
	for k := range (n.scratch.Len + 7) / 8 {
		p.name[k].Store(n.scratch.Word[k])
	}
	p.version.Add(1)
}

// Asked is how often a name was asked for.
type Asked struct {
	Name        string // with its last dot, in lower case
	Count       uint64 // never less than it was, within the error of the sample
	Extra       uint64 // of Count, what other names may have been asked
	First, Last uint64 // milliseconds since 1970
}

// each calls f for each name that is counted.
func (n *names) each(f func(a Asked)) {
	var name [wire.Words * 8]byte
	for s := range n.set {
		set := &n.set[s]
		for i := range ways {
			for range 3 { // more changes meanwhile: the name is not among the frequent ones
				if a, ok := set.read(i, &name); ok {
					if a.Count > 0 {
						f(a)
					}
					break
				}
			}
		}
	}
}

// read reads place i; it returns false if it was changed meanwhile.
func (s *nameSet) read(i int, name *[wire.Words * 8]byte) (Asked, bool) {
	p := &s.place[i]
	version := p.version.Load()
	a := Asked{Count: s.count[i].Load(), Extra: p.extra.Load(), First: p.first.Load(), Last: p.last.Load()}
	length := min(int(p.length.Load()), wire.MaxName)
	for k := range (length + 7) / 8 {
		binary.LittleEndian.PutUint64(name[k*8:], p.name[k].Load())
	}
	if version&1 != 0 || p.version.Load() != version {
		return Asked{}, false
	}
	if a.Count > 0 {
		if !wire.ValidName(name[:length]) {
			return Asked{}, false
		}
		a.Name = wire.NameString(name[:length])
	}
	return a, true
}
