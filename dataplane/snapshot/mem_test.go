package snapshot

import "unsafe"

// wordsToBytes is memory on the heap, aligned as a mapping is.
func wordsToBytes(w []uint64) memory {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(w))), len(w)*8)
}
