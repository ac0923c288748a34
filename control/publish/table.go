package publish

import (
	"bytes"
	"hash/maphash"
	"iter"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// table is the records of ours of all names, by name in wire form. It is what
// takes control's memory: each name has packed items, which are 8 octets that
// identify the etcd key each came from, and an RR.
//
// A collection of garbage finds no pointer in it: with a string for each of a
// million names every collection took a core for a tenth of a second, in which
// changes were late.
type table struct {
	arena
	at    map[uint64]place // by hash of the name
	hash  func(name []byte) uint64
	twins map[string][]byte // packed items of names whose hash another name has
	selfs int               // names that are those of keys of ours
	room  []byte            // scratch
	seen  byte              // of what expect reads, so that it does
}

// entrySize is about what an entry takes.
const entrySize = 64

// newTable makes a table for about so many names.
func newTable(names int64) *table {
	return &table{arena: arena{blocks: make([]block, 1)}, at: make(map[uint64]place, names), hash: nameID, twins: map[string][]byte{}}
}

// keySeed makes the identities of etcd keys, which never leave the process.
var keySeed = maphash.MakeSeed()

// keyID identifies an etcd key.
func keyID(key string) uint64 { return maphash.String(keySeed, key) }

// nameID identifies a name likewise.
func nameID(name []byte) uint64 { return maphash.Bytes(keySeed, name) }

// len is how many names have records.
func (t *table) len() int { return len(t.at) + len(t.twins) }

// get is the packed items of a name, valid until the table is changed.
func (t *table) get(name []byte) []byte { return t.find(name).items }

// found is what the table has of a name.
type found struct {
	hash  uint64
	items []byte
	at    place // where they lie; none: nowhere, or with the twins
	taken bool  // another name has the place for the hash
}

func (t *table) find(name []byte) found {
	f := found{hash: t.hash(name)}
	if at, ok := t.at[f.hash]; ok {
		known, items := t.read(at)
		if bytes.Equal(known, name) {
			f.items, f.at = items, at
			return f
		}
		f.taken = true
	}
	if len(t.twins) > 0 {
		f.items = t.twins[string(name)]
	}
	return f
}

// expect reads what set will read for keys of ours with these names, for all
// of them together.
func (t *table) expect(names [][]byte) {
	var at [aheadOf]place
	for i, name := range names {
		if len(name) > 0 && record.IsItem(name) {
			at[i] = t.at[t.hash(wire.Parent(name))]
		}
	}
	for _, at := range at[:len(names)] {
		mem := t.blocks[at.block()].mem
		if at != none {
			t.seen += mem[at.offset()] + mem[min(at.offset()+entrySize, len(mem)-1)]
		}
	}
}

// set makes those of rrs that are at name what the key contributes to it. It
// reports whether that changes anything.
func (t *table) set(name []byte, id uint64, rrs []record.RR) bool {
	if t.selfs == 0 && len(rrs) == 0 && record.IsItem(name) {
		return false
	}
	old := t.find(name)
	packed := t.room[:0]
	for rest := old.items; len(rest) > 0; {
		_, known, size := unpack(rest)
		if known != id {
			packed = append(packed, rest[:size]...)
		}
		rest = rest[size:]
	}
	for _, rr := range rrs {
		if bytes.Equal(rr.Name, name) {
			packed = appendItem(packed, id, rr)
		}
	}
	t.room = packed[:0]
	if bytes.Equal(packed, old.items) {
		return false
	}
	t.store(name, old, packed)
	return true
}

// add is set for a key that contributes nothing yet.
func (t *table) add(id uint64, rr record.RR) {
	old := t.find(rr.Name)
	t.room = appendItem(append(t.room[:0], old.items...), id, rr)
	t.store(rr.Name, old, t.room)
}

// store makes packed items, none of them to remove it, those of a name.
func (t *table) store(name []byte, old found, packed []byte) {
	if old.at != none && len(packed) > 0 && t.overwrite(old.at, packed) {
		return
	}
	if old.at != none {
		t.drop(old.at)
	}
	if record.IsItem(name) {
		t.selfs += min(1, len(packed)) - min(1, len(old.items))
	}
	twin := old.at == none && len(old.items) > 0
	switch {
	case len(packed) == 0 && old.at != none:
		delete(t.at, old.hash)
	case len(packed) == 0:
		delete(t.twins, string(name))
	case twin || old.taken:
		t.twins[string(name)] = bytes.Clone(packed)
	default:
		t.at[old.hash] = t.put(name, packed)
	}
	t.tidy(func(name []byte, to place) { t.at[t.hash(name)] = to })
}

// all is every name and its packed items.
func (t *table) all() iter.Seq2[[]byte, []byte] {
	return func(yield func(name, items []byte) bool) {
		for name, items := range t.arena.all() {
			if !yield(name, items) {
				return
			}
		}
		for name, items := range t.twins {
			if !yield([]byte(name), items) {
				return
			}
		}
	}
}
