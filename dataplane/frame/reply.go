package frame

import (
	"encoding/binary"
	"math/bits"
)

// hopLimit is the TTL or hop limit of every reply.
const hopLimit = 64

// Reply turns f, the frame of a query on which Parse gave the verdict Query,
// into the frame of its reply, whose message of n octets stands where the
// query's stood. It returns the reply's length; f must be at least that long.
// MACs, addresses and ports change sides, a VLAN tag stays, IPv4 options
// become padding. device says which checksums the device fills in: they are
// left as DPDK's transmit offload wants them (IPv4: 0; UDP: the
// pseudo-header's sum). A UDP checksum is never sent as zero.
func Reply(f []byte, n int, device Sums) int {
	swapMACs(f)
	l3 := etherLen
	kind := binary.BigEndian.Uint16(f[12:])
	if kind == typeVLAN {
		l3 += vlanLen
		kind = binary.BigEndian.Uint16(f[16:])
	}
	if kind == typeIPv4 {
		return l3 + reply4(f[l3:], n+udpLen, device)
	}
	return l3 + reply6(f[l3:], n+udpLen, device)
}

// swapMACs exchanges octets 0 to 5 with 6 to 11.
func swapMACs(f []byte) {
	lo, hi := le.Uint64(f), le.Uint32(f[8:12])
	dst := lo & (1<<48 - 1)
	le.PutUint64(f, lo>>48|uint64(hi)<<16|dst<<48)
	le.PutUint32(f[8:], uint32(dst>>16))
}

// reply4 rewrites the IPv4 datagram at the start of h; n is the length of its
// UDP part. It returns the length of the whole. What is summed comes out of
// registers: a wide load of what two stores have just written would wait for
// both to reach the cache.
func reply4(h []byte, n int, device Sums) int {
	ihl := int(h[0]&15) * 4
	total := ihl + n
	h = h[:total]
	// Version, length; then identification 0 and "don't fragment": an atomic
	// datagram needs no identification (RFC 6864 section 4.1).
	first := uint64(h[0]) | uint64(bits.ReverseBytes16(uint16(total)))<<16 | 0x40<<48
	second := uint32(hopLimit | protoUDP<<8)
	pair := le.Uint64(h[12:])
	addresses := halves(pair)
	if device&SumIP == 0 {
		// The padding that options become adds nothing to the sum.
		second |= uint32(^fold(halves(first)+uint64(second)+addresses)) << 16
	}
	le.PutUint64(h, first)
	le.PutUint32(h[8:], second)
	le.PutUint64(h[12:], bits.RotateLeft64(pair, 32))
	if ihl > ip4Len {
		clear(h[ip4Len:ihl])
	}
	replyUDP(h[ihl:], addresses, device)
	return total
}

// reply6 is reply4 for IPv6.
func reply6(h []byte, n int, device Sums) int {
	total := ip6Len + n
	h = h[:total]
	src := address6{le.Uint64(h[8:]), le.Uint64(h[16:])}
	dst := address6{le.Uint64(h[24:]), le.Uint64(h[32:])}
	binary.BigEndian.PutUint64(h, 6<<60|uint64(n)<<16|protoUDP<<8|hopLimit)
	le.PutUint64(h[8:], dst.first)
	le.PutUint64(h[16:], dst.second)
	le.PutUint64(h[24:], src.first)
	le.PutUint64(h[32:], src.second)
	replyUDP(h[ip6Len:], src.sum()+dst.sum(), device)
	return total
}

// replyUDP rewrites the UDP header of u, which is the whole datagram. pseudo
// is the sum of the addresses.
func replyUDP(u []byte, pseudo uint64, device Sums) {
	ports := le.Uint32(u)
	length := uint64(bits.ReverseBytes16(uint16(len(u))))
	le.PutUint64(u, uint64(bits.RotateLeft32(ports, 16))|length<<32)
	pseudo += pseudoTail(len(u))
	sum := fold(pseudo)
	if device&SumUDP == 0 {
		if sum = ^fold(add(pseudo, u)); sum == 0 {
			sum = 0xffff
		}
	}
	le.PutUint16(u[6:], sum)
}
