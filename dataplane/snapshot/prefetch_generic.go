//go:build !amd64

package snapshot

// Other processors go without: the stages still overlap what the processor
// itself can.
func prefetch1(base uintptr, off *uint64, n int) {}
func prefetch2(base uintptr, off *uint64, n int) {}
