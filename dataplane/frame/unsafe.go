package frame

import (
	"encoding/binary"
	"unsafe"
)

// The loads and stores of the two hot paths. Their callers have compared all
// offsets with the frame's length once, at the top; a check at each access
// would double the cost of a frame (BenchmarkParseReply).

var le = binary.LittleEndian

func load64(p unsafe.Pointer, off int) uint64 { return le.Uint64((*[8]byte)(unsafe.Add(p, off))[:]) }
func load32(p unsafe.Pointer, off int) uint32 { return le.Uint32((*[4]byte)(unsafe.Add(p, off))[:]) }
func load8(p unsafe.Pointer) uint8            { return *(*uint8)(p) }
func load16(p unsafe.Pointer, off int) uint16 { return le.Uint16((*[2]byte)(unsafe.Add(p, off))[:]) }

func store64(p unsafe.Pointer, off int, v uint64) { le.PutUint64((*[8]byte)(unsafe.Add(p, off))[:], v) }
func store32(p unsafe.Pointer, off int, v uint32) { le.PutUint32((*[4]byte)(unsafe.Add(p, off))[:], v) }
