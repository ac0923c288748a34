package snapshot

import "math/bits"

// The room for nodes in the pages of the table, behind their buckets.

// freePage is the units of a page that nodes may take, a bit each.
const freePage = (1<<(tableRoom/unit) - 1) << tableBuckets

// page is the free units of the page in which off lies.
func (a *allocator) page(off uint64) *uint64 { return &a.pages[(off-a.table)/tablePage] }

// units are the bits of a block that lies in one page.
func units(off, size uint64) uint64 { return (1<<(size/unit) - 1) << (off % tablePage / unit) }

// near returns the offset of a block for size octets in the page of a bucket, or
// in the arena where that page has no room for it; false if there is none either.
func (a *allocator) near(bucket, size uint64) (uint64, bool) {
	free := a.page(bucket)
	runs := *free // units at which the block may begin
	for i := uint64(1); i < roundUp(size, unit)/unit && runs != 0; i++ {
		runs &= *free >> i
	}
	if runs == 0 {
		return a.alloc(size)
	}
	off := bucket&^(tablePage-1) + uint64(bits.TrailingZeros64(runs))*unit
	size = roundUp(size, unit)
	*free &^= units(off, size)
	a.used += size
	return off, true
}

// take takes a block that is in use where the state is found again, in the order
// of their offsets; false if it lies where none can, or in one that was taken. size
// is a multiple of unit.
func (a *allocator) take(off, size uint64) bool {
	if off%unit != 0 || off < a.table {
		return false
	}
	a.used += size
	if off < a.table+uint64(len(a.pages))*tablePage {
		return a.takeInPage(off, size)
	}
	if off < a.bump || off+size > a.end {
		return false
	}
	if gap := off - a.bump; gap > 0 {
		a.free(a.bump, gap)
	}
	a.bump = off + size
	return true
}

func (a *allocator) takeInPage(off, size uint64) bool {
	free, block := a.page(off), units(off, size)
	if off%tablePage+size > tablePage || *free&block != block {
		return false
	}
	*free &^= block
	return true
}
