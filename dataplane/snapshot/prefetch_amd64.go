package snapshot

// prefetch1 issues PREFETCHT1 for base+off[i] of the n offsets at off.
//
//go:noescape
func prefetch1(base uintptr, off *uint64, n int)

// prefetch2 does so for two neighbouring cache lines an offset.
//
//go:noescape
func prefetch2(base uintptr, off *uint64, n int)
