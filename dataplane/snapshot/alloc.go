package snapshot

import "math/bits"

// unit is what blocks are multiples of, and aligned to: a cache line, so that a
// node reaches into no more of them than it needs (bench/dpdk: 20 cycles a query).
const unit = 64

// allocator hands out the room of one generation: that in the table's pages, for
// nodes alone, and the arena. Its state is the writer's alone and is found again by
// a walk over the table: nothing of it is in the file, so nothing of it can be torn.
type allocator struct {
	table uint64
	pages []uint64 // of each page of the table, a bit for every unit that is free

	arena     uint64
	bump, end uint64 // of the arena, what was never handed out
	used      uint64 // octets in live blocks

	small    [smallMax/unit + 1][]uint64  // free blocks by size
	nonEmpty [smallMax/unit/64 + 1]uint64 // a bit per list of small that has some
	large    map[uint64][]uint64          // free blocks above smallMax by size
	retired  []extent                     // in the order of their epochs
}

// smallMax is the largest size that has a free list of its own.
const smallMax = 2048

// extent is a block of the arena; epoch tells when it was given up.
type extent struct{ off, size, epoch uint64 }

func newAllocator(g geometry) allocator {
	a := allocator{table: g.table, pages: make([]uint64, g.pages),
		arena: g.arena, bump: g.arena, end: g.size, large: map[uint64][]uint64{}}
	for i := range a.pages {
		a.pages[i] = freePage
	}
	return a
}

// alloc returns the offset of a block for size octets in the arena; false if that
// is full.
func (a *allocator) alloc(size uint64) (uint64, bool) {
	size = roundUp(size, unit)
	off, ok := a.exact(size)
	if !ok && a.end-a.bump >= size {
		off, ok = a.bump, true
		a.bump += size
	}
	if !ok {
		off, ok = a.split(size)
	}
	if ok {
		a.used += size
	}
	return off, ok
}

func (a *allocator) exact(size uint64) (uint64, bool) {
	if size <= smallMax {
		return a.popSmall(size / unit)
	}
	list := a.large[size]
	if len(list) == 0 {
		return 0, false
	}
	a.large[size] = list[:len(list)-1]
	if len(list) == 1 {
		delete(a.large, size)
	}
	return list[len(list)-1], true
}

func (a *allocator) popSmall(class uint64) (uint64, bool) {
	list := a.small[class]
	if len(list) == 0 {
		return 0, false
	}
	a.small[class] = list[:len(list)-1]
	if len(list) == 1 {
		a.nonEmpty[class/64] &^= 1 << (class % 64)
	}
	return list[len(list)-1], true
}

// split takes size octets off a larger free block.
func (a *allocator) split(size uint64) (uint64, bool) {
	for class := size/unit + 1; class <= smallMax/unit; {
		word := a.nonEmpty[class/64] >> (class % 64)
		if word == 0 {
			class = (class/64 + 1) * 64
			continue
		}
		class += uint64(bits.TrailingZeros64(word))
		off, _ := a.popSmall(class)
		a.free(off+size, class*unit-size)
		return off, true
	}
	for have := range a.large {
		if have > size {
			off, _ := a.exact(have)
			a.free(off+size, have-size)
			return off, true
		}
	}
	return 0, false
}

// drop takes back a live block of size octets that no reader can reach.
func (a *allocator) drop(off, size uint64) {
	size = roundUp(size, unit)
	a.used -= size
	a.release(off, size)
}

// release frees a block that no reader can reach. size is a multiple of unit.
func (a *allocator) release(off, size uint64) {
	if off < a.arena {
		*a.page(off) |= units(off, size)
		return
	}
	a.free(off, size)
}

// free puts a block of the arena on its list. size is a multiple of unit.
func (a *allocator) free(off, size uint64) {
	if size > smallMax {
		a.large[size] = append(a.large[size], off)
		return
	}
	class := size / unit
	a.small[class] = append(a.small[class], off)
	a.nonEmpty[class/64] |= 1 << (class % 64)
}

// retire gives up the block of size octets that readers of epoch or before may
// still look at.
func (a *allocator) retire(off, size, epoch uint64) {
	size = roundUp(size, unit)
	a.used -= size
	a.retired = append(a.retired, extent{off, size, epoch})
}

// reclaim frees what was retired before every reader's epoch.
func (a *allocator) reclaim(oldest uint64) {
	n := 0
	for n < len(a.retired) && a.retired[n].epoch < oldest {
		a.release(a.retired[n].off, a.retired[n].size)
		n++
	}
	a.retired = a.retired[:copy(a.retired, a.retired[n:])]
}
