package frame

import (
	"math/bits"
	"unsafe"
)

// hopLimit is the TTL or hop limit of every reply.
const hopLimit = 64

// Reply turns f, the frame of a query on which Parse gave the verdict Query,
// into the frame of its reply, whose message of n octets stands where the
// query's stood, at the end of f. It returns the reply's length, which is that
// of f unless the query had IPv6 extension headers: the reply has none. MACs,
// addresses and ports change sides, VLAN tags stay, IPv4 options become padding. device says which checksums the device fills in: they are
// left as DPDK's transmit offload wants them (IPv4: 0; UDP: the
// pseudo-header's sum). A UDP checksum is never sent as zero.
func Reply(f []byte, n int, device Sums) int {
	p := unsafe.Pointer(unsafe.SliceData(f))
	l3, kind := etherLen, load16(p, 12)
	if kind != typeIPv4 && kind != typeIPv6 {
		l3, kind = link(p, len(f))
	}
	h := unsafe.Add(p, l3)
	ip := ip6Len
	if kind == typeIPv4 {
		ip = int(load8(h)&15) * 4
	} else if next := load64(h, 0) >> 48; uint8(next) != protoUDP {
		closeUp(f, l3, n)
	}
	end := l3 + ip + udpLen + n
	_ = f[end-1]
	swapMACs(p)
	if kind == typeIPv4 {
		reply4(h, ip, n+udpLen, device)
	} else {
		reply6(h, n+udpLen, device)
	}
	return end
}

// closeUp moves the UDP header and the message of n octets at the end of f to
// where the extension headers of its IPv6 header, at l3, begin.
func closeUp(f []byte, l3, n int) {
	copy(f[l3+ip6Len:], f[len(f)-n-udpLen:])
}

// swapMACs exchanges octets 0 to 5 with 6 to 11.
func swapMACs(p unsafe.Pointer) {
	lo, hi := load64(p, 0), load32(p, 8)
	dst := lo & (1<<48 - 1)
	store64(p, 0, lo>>48|uint64(hi)<<16|dst<<48)
	store32(p, 8, uint32(dst>>16))
}

// reply4 rewrites the IPv4 header of ihl octets at h and the header of the n
// octets of UDP behind it. What is summed comes out of registers: a wide load
// of what two stores have just written would wait for both to reach the cache.
func reply4(h unsafe.Pointer, ihl, n int, device Sums) {
	// Version, length; then identification 0 and "don't fragment": an atomic
	// datagram needs no identification (RFC 6864 section 4.1).
	first := 0x40 | uint64(ihl/4) | uint64(bits.ReverseBytes16(uint16(ihl+n)))<<16 | 0x40<<48
	second := uint64(hopLimit | protoUDP<<8)
	pair := load64(h, 12)
	if device&SumIP == 0 {
		// The padding that options become adds nothing to the sum.
		second |= uint64(^fold(plus(plus(first, second), pair))) << 16
	}
	store64(h, 0, first)
	store32(h, 8, uint32(second))
	store64(h, 12, bits.RotateLeft64(pair, 32))
	for o := ip4Len; o < ihl; o += 4 {
		store32(h, o, 0)
	}
	u := unsafe.Add(h, ihl)
	w := replyHeader(u, n)
	store64(u, 0, w|uint64(check(u, n, w, plus(pair, pseudoTail(n)), device))<<48)
}

// reply6 is reply4 for IPv6.
func reply6(h unsafe.Pointer, n int, device Sums) {
	src, dst := loadAddress(h, 8), loadAddress(h, 24)
	store64(h, 0, 0x60|uint64(bits.ReverseBytes16(uint16(n)))<<32|protoUDP<<48|hopLimit<<56)
	dst.store(h, 8)
	src.store(h, 24)
	u := unsafe.Add(h, ip6Len)
	w := replyHeader(u, n)
	addresses := plus(src.sum(), dst.sum())
	store64(u, 0, w|uint64(check(u, n, w, plus(addresses, pseudoTail(n)), device))<<48)
}

// replyHeader is the UDP header for n octets with the ports of the one at u
// exchanged, without a checksum.
func replyHeader(u unsafe.Pointer, n int) uint64 {
	return uint64(bits.RotateLeft32(load32(u, 0), 16)) | uint64(bits.ReverseBytes16(uint16(n)))<<32
}

// check is the checksum of the n octets of UDP at u, whose header will be w.
// pseudo is the sum of its pseudo-header.
func check(u unsafe.Pointer, n int, w, pseudo uint64, device Sums) uint16 {
	if device&SumUDP != 0 {
		return fold(pseudo)
	}
	c := ^fold(sum(plus(pseudo, w), unsafe.Add(u, udpLen), n-udpLen))
	if c == 0 {
		return 0xffff
	}
	return c
}
