package snapshot

import (
	"sync/atomic"
	"unsafe"
)

// memory is a mapped file, or the heap in tests. Its start is aligned to 8
// octets. The accessors check bounds as slices do and take aligned offsets
// only: the low bits of an offset are cut off.
//
// Words that one side changes while the other reads go through the atomic
// accessors; nodes are plain octets, written before the slot that makes them
// reachable and not again before the end of their grace period.
type memory []byte

func (m memory) word64(off uint64) *uint64 {
	off &^= 7
	_ = m[off : off+8]
	return (*uint64)(unsafe.Pointer(unsafe.SliceData(m[off:])))
}

func (m memory) word32(off uint64) *uint32 {
	off &^= 3
	_ = m[off : off+4]
	return (*uint32)(unsafe.Pointer(unsafe.SliceData(m[off:])))
}

func atomicLoad(p *uint64) uint64 { return atomic.LoadUint64(p) }

func (m memory) load64(off uint64) uint64     { return atomic.LoadUint64(m.word64(off)) }
func (m memory) store64(off uint64, v uint64) { atomic.StoreUint64(m.word64(off), v) }
func (m memory) load32(off uint64) uint32     { return atomic.LoadUint32(m.word32(off)) }
func (m memory) store32(off uint64, v uint32) { atomic.StoreUint32(m.word32(off), v) }

// bucket is the cache line at off.
func (m memory) bucket(off uint64) *[bucketSlots]uint64 {
	off &^= 7
	_ = m[off : off+bucketSize]
	return (*[bucketSlots]uint64)(unsafe.Pointer(unsafe.SliceData(m[off:])))
}

// words32 is the n aligned 32-bit words at off.
func (m memory) words32(off, n uint64) []uint32 {
	off &^= 3
	b := m[off : off+4*n]
	return unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(b))), n)
}

// prefetch asks the processor for the cache line at each m[off[i]], and for
// the one behind it if two is set. Offsets outside m are harmless.
func (m memory) prefetch(off []uint64, two bool) {
	if len(off) == 0 || len(m) == 0 {
		return
	}
	base := uintptr(unsafe.Pointer(unsafe.SliceData(m)))
	if two {
		prefetch2(base, unsafe.SliceData(off), len(off))
	} else {
		prefetch1(base, unsafe.SliceData(off), len(off))
	}
}
