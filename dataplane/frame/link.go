package frame

import "unsafe"

// Types of tags (IEEE 802.1Q), as little-endian loads read them.
const (
	typeService    = 0xa888 // 802.1ad: the outer of two tags
	typeOldService = 0x0091 // 0x9100, its forerunner
)

// LinkLen is the octets of the Ethernet header of a frame of at least 14:
// with its VLAN tags, as far as Parse follows them.
func LinkLen(f []byte) int {
	l3, _ := link(unsafe.Pointer(unsafe.SliceData(f)), len(f))
	return l3
}

// link is where the Ethernet header of the frame of n octets at p ends, and
// the type of what follows it. Up to two tags are taken: a customer's, or a
// service's or another customer's with a customer's in it.
func link(p unsafe.Pointer, n int) (l3 int, kind uint16) {
	l3, kind = etherLen, load16(p, etherLen-2)
	outer := kind == typeVLAN || kind == typeService || kind == typeOldService
	for tags := 0; tags < 2 && outer && n >= l3+vlanLen; tags++ {
		l3, kind = l3+vlanLen, load16(p, l3+vlanLen-2)
		outer = kind == typeVLAN
	}
	return l3, kind
}
