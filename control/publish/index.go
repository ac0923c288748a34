package publish

import "math/bits"

// index finds places by the hashes of names. It is in shards, each of which
// grows alone, so that no change waits for all of it. The slot where a search
// starts depends on nothing but the hash: a core fetches those of many names at a
// time, which it cannot do with Go's maps.
type index struct {
	shards [1 << shardBits]shard
	names  int
}

// shard is a table of slots, a power of two of them. A slot is tagBits of a
// hash, of which the high ones tell where the search for it starts, and a place.
type shard struct {
	slots []uint64
	taken int // slots that are not free, those of names that are gone included
}

const (
	shardBits = 8 // the high bits of a hash
	tagBits   = 24
	placeBits = 64 - tagBits
	placeMask = 1<<placeBits - 1

	slotFree = 0
	slotGone = 1 // an offset in the block that is none

	leastSlots = 8
)

func (x *index) shard(hash uint64) *shard { return &x.shards[hash>>(64-shardBits)] }

// tag is the part of a hash that a slot keeps, in its place.
func tag(hash uint64) uint64 { return hash << shardBits &^ placeMask }

// home is where the search for a slot with that tag starts.
func (s *shard) home(slot uint64) int {
	return int(slot >> (64 - bits.TrailingZeros(uint(len(s.slots)))))
}

// likely is the place at which the search for a hash looks first, if any.
func (x *index) likely(hash uint64) place {
	if s := x.shard(hash); len(s.slots) > 0 {
		return place(s.slots[s.home(tag(hash))] & placeMask)
	}
	return none
}

// find is the slot whose place is the one sought, which is asked of those with
// the hash's tag; nil if there is none.
func (x *index) find(hash uint64, is func(place) bool) *uint64 {
	s := x.shard(hash)
	if len(s.slots) == 0 {
		return nil
	}
	for at := s.home(tag(hash)); ; at = (at + 1) & (len(s.slots) - 1) {
		slot := &s.slots[at]
		switch {
		case *slot == slotFree:
			return nil
		case *slot != slotGone && *slot&^placeMask == tag(hash) && is(place(*slot&placeMask)):
			return slot
		}
	}
}

// insert adds a place.
func (x *index) insert(hash uint64, at place) {
	s := x.shard(hash)
	if s.taken+1 > len(s.slots)*3/4 {
		s.grow()
	}
	s.put(tag(hash) | uint64(at))
	x.names++
}

// remove takes a slot that find returned away.
func (x *index) remove(slot *uint64) {
	*slot = slotGone
	x.names--
}

// put fills the first slot of the search that is free.
func (s *shard) put(slot uint64) {
	at := s.home(slot)
	for s.slots[at] != slotFree {
		at = (at + 1) & (len(s.slots) - 1)
	}
	s.slots[at] = slot
	s.taken++
}

// grow makes a new table for what the shard holds, at most half full.
func (s *shard) grow() {
	old, n := s.slots, 1
	for _, slot := range old {
		if slot > slotGone {
			n++
		}
	}
	s.slots, s.taken = make([]uint64, max(leastSlots, 1<<bits.Len(uint(2*n-1)))), 0
	for _, slot := range old {
		if slot > slotGone {
			s.put(slot)
		}
	}
}
