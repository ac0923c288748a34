package frame

import (
	"encoding/binary"
	"math/bits"
)

// Lengths and numbers of the headers (IEEE 802.3, RFC 791, 8200, 768).
const (
	etherLen = 14
	vlanLen  = 4
	ip4Len   = 20 // without options
	ip6Len   = 40
	udpLen   = 8

	typeIPv4 = 0x0800
	typeIPv6 = 0x86dd
	typeVLAN = 0x8100

	protoUDP   = 17
	proto6Frag = 44
	notWhole4  = 0xff3f // more fragments, or an offset; as little-endian
)

// Overhead is how many octets a frame is longer than its IP datagram, at most.
const Overhead = etherLen + vlanLen

// Found is what Parse finds out of a query.
type Found struct {
	Start, End int    // the DNS message is frame[Start:End]
	Hi, Lo     uint64 // the client's address, 16 octets as two big-endian words; IPv4 as ::ffff:a.b.c.d
}

// Parse looks whether f is a query of ours: an Ethernet frame, from the
// destination's MAC on and without its check sequence; octets behind the IP
// datagram are ignored. good says which checksums the device found right
// already. Found is valid if the verdict is Query.
func (l *Local) Parse(f []byte, good Sums) (Found, Verdict) {
	if len(f) < etherLen+ip4Len+udpLen {
		return Found{}, BadLength
	}
	if f[0]&1 != 0 {
		return l.parseGroup(f)
	}
	l3 := etherLen
	kind := binary.BigEndian.Uint16(f[12:])
	if kind == typeVLAN {
		l3 += vlanLen
		kind = binary.BigEndian.Uint16(f[16:])
	}
	switch kind {
	case typeIPv4:
		return l.parse4(f, l3, good)
	case typeIPv6:
		return l.parse6(f, l3, good)
	}
	return Found{}, NotIP
}

// parseGroup gives the verdict on a frame to a group's MAC, broadcast or
// multicast: never a query, for its reply would leave from that MAC.
func (l *Local) parseGroup(f []byte) (Found, Verdict) {
	switch binary.BigEndian.Uint16(f[12:]) {
	case typeIPv4, typeIPv6:
		return Found{}, NotOurs
	}
	return Found{}, NotIP
}

func (l *Local) parse4(f []byte, l3 int, good Sums) (Found, Verdict) {
	if len(f) < l3+ip4Len+udpLen {
		return Found{}, BadLength
	}
	h := (*[ip4Len]byte)(f[l3:])
	first, second, dst := le.Uint64(h[0:]), le.Uint64(h[8:]), le.Uint32(h[16:])
	ihl := int(first&15) * 4
	total := int(bits.ReverseBytes16(uint16(first >> 16)))
	start := l3 + ihl
	switch {
	case first&0xf0 != 0x40 || ihl < ip4Len || total < ihl || l3+total > len(f):
		return Found{}, BadLength
	case !l.has4(dst):
		return Found{}, NotOurs
	case first>>48&notWhole4 != 0:
		return Found{}, Fragment
	case second>>8&0xff != protoUDP:
		return Found{}, NotDNS
	case total < ihl+udpLen:
		return Found{}, BadLength
	}
	if good&SumIP == 0 {
		sum := halves(first) + halves(second) + uint64(dst)
		for o := l3 + ip4Len; o < start; o += 4 {
			sum += uint64(le.Uint32(f[o:]))
		}
		if fold(sum) != 0xffff {
			return Found{}, BadChecksum
		}
	}
	src := bits.ReverseBytes32(uint32(second >> 32))
	// 0.0.0.0/8, 127.0.0.0/8, and 224.0.0.0 upward: groups and broadcast.
	if top := src >> 24; top-1 >= 223 || top == 127 {
		return Found{}, BadSource
	}
	n, v := l.parseUDP(f[start:l3+total], second>>32+uint64(dst), good|sumOptional)
	return Found{start + udpLen, start + n, 0, 0xffff<<32 | uint64(src)}, v
}

func (l *Local) parse6(f []byte, l3 int, good Sums) (Found, Verdict) {
	if len(f) < l3+ip6Len {
		return Found{}, BadLength
	}
	h := (*[ip6Len]byte)(f[l3:])
	start := l3 + ip6Len
	end := start + int(binary.BigEndian.Uint16(h[4:]))
	dst := address6{le.Uint64(h[24:]), le.Uint64(h[32:])}
	switch {
	case h[0]>>4 != 6 || end > len(f):
		return Found{}, BadLength
	case !l.has6(dst):
		return Found{}, NotOurs
	case h[6] == proto6Frag:
		return Found{}, Fragment
	case h[6] != protoUDP:
		return Found{}, NotDNS
	case end < start+udpLen:
		return Found{}, BadLength
	}
	src := address6{le.Uint64(h[8:]), le.Uint64(h[16:])}
	hi, lo := bits.ReverseBytes64(src.first), bits.ReverseBytes64(src.second)
	// Groups (ff00::/8), the unspecified and the loopback address.
	if hi>>56 == 0xff || hi == 0 && lo <= 1 {
		return Found{}, BadSource
	}
	n, v := l.parseUDP(f[start:end], src.sum()+dst.sum(), good)
	return Found{start + udpLen, start + n, hi, lo}, v
}

// sumOptional says to parseUDP that a datagram without checksum is good.
const sumOptional Sums = 1 << 7

// parseUDP returns the length of the UDP datagram at the start of u, its
// header included. u has at least udpLen octets; pseudo is the sum of the
// addresses.
func (l *Local) parseUDP(u []byte, pseudo uint64, good Sums) (int, Verdict) {
	w := le.Uint64(u)
	n := int(bits.ReverseBytes16(uint16(w >> 32)))
	switch {
	case uint16(w>>16) != l.port:
		return 0, NotDNS
	case n < udpLen || n > len(u):
		return 0, BadLength
	case uint16(w) == 0: // RFC 768: no port to reply to
		return 0, BadSource
	case w>>48 == 0:
		// RFC 8200 section 8.1: never without over IPv6, whatever the device says.
		if good&sumOptional == 0 {
			return 0, BadChecksum
		}
	case good&SumUDP == 0 && fold(add(pseudo+pseudoTail(n), u[:n])) != 0xffff:
		if !l.AcceptUnfinished || uint16(w>>48) != fold(pseudo+pseudoTail(n)) {
			return 0, BadChecksum
		}
	}
	return n, Query
}
