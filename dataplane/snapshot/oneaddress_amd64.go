package snapshot

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

// apart is how many queries oneAddressesAVX2 handles from the moment at which
// it asks the memory for something to the moment at which it looks at it: as many
// as a processor can wait for at once (bench/dpdk, measured on an AMD EPYC).
const apart = 24

func (v *View) oneAddresses(hash, off []uint64, msg [][]byte, length, found []uint8) {
	n := len(hash)
	off, msg, length, found = off[:n], msg[:n], length[:n], found[:n]
	if !cpu.X86.HasAVX2 || !cpu.X86.HasBMI2 || len(v.mem) < genHeaderSize {
		v.oneAddressesGo(hash, off, msg, length, found)
		return
	}
	if n > 0 {
		base := uintptr(unsafe.Pointer(unsafe.SliceData(v.mem)))
		oneAddressesAVX2(base, uint64(len(v.mem)), v.pages, v.table, v.addrTable, base+uintptr(v.zoneTable), v.zones,
			unsafe.SliceData(hash), unsafe.SliceData(off), unsafe.SliceData(msg), unsafe.SliceData(length),
			unsafe.SliceData(found), n, min(n, apart))
	}
}

// oneAddressesAVX2 does all three steps in one loop: while one query waits for
// the memory others are compared, 64 octets of a name at once, and it branches
// on nothing that differs between usual queries (BenchmarkOneAddresses; with a
// million names a tenth of the whole poll loop, bench/dpdk).
//
//go:noescape
func oneAddressesAVX2(base uintptr, size, pages, table, end uint64, zoneTable uintptr, zones uint64, hash, off *uint64, msg *[]byte, length, found *uint8, n, apart int)
