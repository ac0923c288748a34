package publish

import (
	"bytes"
	"hash/maphash"

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
	index
	hash  func(name []byte) uint64
	selfs int    // names that are those of keys of ours
	room  []byte // scratch
	seen  byte   // of what expect reads, so that it does
}

// entrySize is about what an entry takes.
const entrySize = 64

func newTable() *table { return &table{arena: arena{blocks: make([]block, 1)}, hash: nameID} }

// keySeed makes the identities of etcd keys, which never leave the process.
var keySeed = maphash.MakeSeed()

// keyID identifies an etcd key.
func keyID(key string) uint64 { return maphash.String(keySeed, key) }

// nameID identifies a name likewise.
func nameID(name []byte) uint64 { return maphash.Bytes(keySeed, name) }

// len is how many names have records.
func (t *table) len() int { return t.names }

// get is the packed items of a name, valid until the table is changed.
func (t *table) get(name []byte) []byte { return t.find(name).items }

// found is what the table has of a name; without a slot: nothing.
type found struct {
	hash  uint64
	slot  *uint64
	items []byte
}

func (t *table) find(name []byte) found {
	f := found{hash: t.hash(name)}
	f.slot = t.index.find(f.hash, func(at place) bool {
		known, items := t.read(at)
		if !bytes.Equal(known, name) {
			return false
		}
		f.items = items
		return true
	})
	return f
}

// expect reads what set will read for keys of ours with these names, at most
// aheadOf, for all of them together.
func (t *table) expect(names [][]byte) {
	var at [aheadOf]place
	for i, name := range names {
		if len(name) > 0 && record.IsItem(name) {
			at[i] = t.likely(t.hash(wire.Parent(name)))
		}
	}
	for _, at := range at[:len(names)] {
		if mem := t.blocks[at.block()].mem; at.offset() < len(mem) {
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
	if record.IsItem(name) {
		t.selfs += min(1, len(packed)) - min(1, len(old.items))
	}
	if old.slot != nil {
		at := place(*old.slot & placeMask)
		if len(packed) > 0 && t.overwrite(at, packed) {
			return
		}
		t.drop(at)
	}
	switch {
	case old.slot == nil:
		t.insert(old.hash, t.put(name, packed))
	case len(packed) == 0:
		t.remove(old.slot)
	default:
		*old.slot = tag(old.hash) | uint64(t.put(name, packed))
	}
	t.tidy(func(name []byte, to place) {
		f := t.find(name)
		*f.slot = tag(f.hash) | uint64(to)
	})
}
