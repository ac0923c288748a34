package snapshot

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

// candidates looks for the tag of each hash in the bucket at its offset, and
// behind it where that is full, and replaces the offset by that of the node, 0 if
// no slot has the tag. The buckets are the table's.
func (v *View) candidates(hash, off []uint64) {
	if !cpu.X86.HasAVX2 {
		v.candidatesGo(hash, off)
		return
	}
	base := uintptr(unsafe.Pointer(unsafe.SliceData(v.mem)))
	candidatesAVX2(base, v.table, v.addrTable, unsafe.SliceData(hash), unsafe.SliceData(off), len(hash))
}

// candidatesAVX2 compares the eight tags of a bucket at once, and prefetches
// the two cache lines at each node: a quarter of what match takes
// (BenchmarkCandidates).
//
//go:noescape
func candidatesAVX2(base uintptr, table, end uint64, hash, off *uint64, n int)
