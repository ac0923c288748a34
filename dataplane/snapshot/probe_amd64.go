package snapshot

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

// candidates looks for the tag of each hash in the bucket at its offset and
// replaces the offset by that of the node, 0 if no slot has the tag. The
// buckets lie inside m.
func (m memory) candidates(hash, off []uint64) {
	if !cpu.X86.HasAVX2 {
		m.candidatesGo(hash, off)
		return
	}
	base := uintptr(unsafe.Pointer(unsafe.SliceData(m)))
	candidatesAVX2(base, unsafe.SliceData(hash), unsafe.SliceData(off), len(hash))
}

// candidatesAVX2 compares the eight tags of a bucket at once, and prefetches
// the two cache lines at each node: a quarter of what match takes
// (BenchmarkCandidates).
//
//go:noescape
func candidatesAVX2(base uintptr, hash, off *uint64, n int)
