package publish

import (
	"encoding/binary"
	"iter"
)

// blockSize is the octets of a block. Copying what lives in one takes 20 µs.
// An entry of more than ownBlock has a block to itself: a block that could not
// take it would stay almost empty for as long as the little in it lives.
const (
	blockSize = 32 << 10
	ownBlock  = blockSize / 8
)

// arena keeps names with what is packed for them in blocks. An entry is the
// name's length, the slack at the entry's end, the room for what is packed as a
// varint, the name, the room. When more than half of a block is dead, tidy moves
// what lives elsewhere.
type arena struct {
	blocks []block // the first is none
	open   int     // the block that new entries go to; 0: none
	free   []int   // blocks that can be used again
	worn   []int   // blocks that are to be tidied
}

type block struct {
	mem  []byte
	dead int // octets of entries that are dropped
}

// place is where an entry lies: its block, and 16 bits of offset.
type place uint64

// none is no place: the block of that number is none.
const none place = 0

const (
	offsetBits = 16

	slackDead = 255 // of an entry that is dropped
	mostSlack = 254
)

func (at place) block() int  { return int(at >> offsetBits) }
func (at place) offset() int { return int(at & (1<<offsetBits - 1)) }

// entry is an entry in pieces.
type entry struct {
	mem  []byte // all of it
	name []byte
	room []byte
}

func (e entry) slack() int { return int(e.mem[1]) }

// entryAt takes the first entry of mem apart.
func entryAt(mem []byte) entry {
	room, at := uvarint(mem, 2)
	name := at + int(mem[0])
	end := name + int(room)
	return entry{mem: mem[:end:end], name: mem[at:name:name], room: mem[name:end:end]}
}

// read is the name and what is packed at a place.
func (a *arena) read(at place) (name, packed []byte) {
	e := entryAt(a.blocks[at.block()].mem[at.offset():])
	return e.name, e.room[:len(e.room)-e.slack()]
}

// put makes an entry.
func (a *arena) put(name, packed []byte) place {
	size := 2 + binary.MaxVarintLen32 + len(name) + len(packed)
	n := a.open
	if b := &a.blocks; size > ownBlock {
		n = a.begin(size)
	} else if n == 0 || cap((*b)[n].mem)-len((*b)[n].mem) < size {
		n = a.begin(blockSize)
		before := a.open
		a.open = n
		a.wear(before)
	}
	b := &a.blocks[n]
	at := place(n<<offsetBits | len(b.mem))
	b.mem = append(b.mem, byte(len(name)), 0)
	b.mem = binary.AppendUvarint(b.mem, uint64(len(packed)))
	b.mem = append(append(b.mem, name...), packed...)
	return at
}

// begin makes a block.
func (a *arena) begin(size int) int {
	b := block{mem: make([]byte, 0, size)}
	if last := len(a.free) - 1; last >= 0 {
		n := a.free[last]
		a.free = a.free[:last]
		a.blocks[n] = b
		return n
	}
	a.blocks = append(a.blocks, b)
	return len(a.blocks) - 1
}

// overwrite replaces what is packed at a place, if there is room for it and
// not far too much.
func (a *arena) overwrite(at place, packed []byte) bool {
	e := entryAt(a.blocks[at.block()].mem[at.offset():])
	slack := len(e.room) - len(packed)
	if slack < 0 || slack > mostSlack {
		return false
	}
	copy(e.room, packed)
	e.mem[1] = byte(slack)
	return true
}

// drop gives an entry up.
func (a *arena) drop(at place) {
	b := &a.blocks[at.block()]
	e := entryAt(b.mem[at.offset():])
	e.mem[1] = slackDead
	fine := b.dead <= len(b.mem)/2
	if b.dead += len(e.mem); fine {
		a.wear(at.block())
	}
}

// wear notes a block that wants to be tidied.
func (a *arena) wear(n int) {
	if n != a.open && a.blocks[n].dead > len(a.blocks[n].mem)/2 {
		a.worn = append(a.worn, n)
	}
}

// tidy moves what lives in one of the blocks where most is dead, and gives that
// block back. moved learns of each entry.
func (a *arena) tidy(moved func(name []byte, to place)) {
	last := len(a.worn) - 1
	if last < 0 {
		return
	}
	n := a.worn[last]
	a.worn = a.worn[:last]
	for e := range entries(a.blocks[n].mem) {
		moved(e.name, a.put(e.name, e.room[:len(e.room)-e.slack()]))
	}
	a.blocks[n] = block{}
	a.free = append(a.free, n)
}

// all is every name and what is packed for it.
func (a *arena) all() iter.Seq2[[]byte, []byte] {
	return func(yield func(name, packed []byte) bool) {
		for _, b := range a.blocks {
			for e := range entries(b.mem) {
				if !yield(e.name, e.room[:len(e.room)-e.slack()]) {
					return
				}
			}
		}
	}
}

// entries are those of a block that are not dropped.
func entries(mem []byte) iter.Seq[entry] {
	return func(yield func(entry) bool) {
		for rest := mem; len(rest) > 0; {
			e := entryAt(rest)
			rest = rest[len(e.mem):]
			if e.slack() != slackDead && !yield(e) {
				return
			}
		}
	}
}
