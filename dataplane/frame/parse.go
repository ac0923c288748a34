package frame

import (
	"math/bits"
	"unsafe"
)

// Lengths and numbers of the headers (IEEE 802.3, RFC 791, 8200, 768). Types
// of two octets are as little-endian loads read them.
const (
	etherLen = 14
	vlanLen  = 4
	ip4Len   = 20 // without options
	ip6Len   = 40
	udpLen   = 8

	typeIPv4 = 0x0008
	typeIPv6 = 0xdd86
	typeVLAN = 0x0081

	protoUDP  = 17
	notWhole4 = 0xff3f               // more fragments, or an offset
	unusual4  = notWhole4<<48 | 0xff // of the first 8 octets; 0x45 there is usual

	// groupMAC are the bits of the first 8 octets that make a MAC a group's.
	groupMAC = 1 | 1<<48

	// noReplyTo are the source ports, all below 64, to which nothing is sent: 0,
	// which is none (RFC 768), and those of services that answer whatever comes,
	// and would be made to answer us for ever: echo, daytime, qotd, chargen, time
	// (RFC 862, 867, 865, 864, 868).
	noReplyTo uint64 = 1<<0 | 1<<7 | 1<<13 | 1<<17 | 1<<19 | 1<<37
)

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
	p := unsafe.Pointer(unsafe.SliceData(f))
	l3, kind := etherLen, load16(p, 12)
	if kind != typeIPv4 && kind != typeIPv6 {
		l3, kind = link(p, len(f))
	}
	switch kind {
	case typeIPv4:
		return l.parse4(p, len(f), l3, good|sumOptional)
	case typeIPv6:
		return l.parse6(p, len(f), l3, good)
	}
	return Found{}, NotIP
}

// sumOptional says to parseUDP that a datagram may have no checksum.
const sumOptional Sums = 1 << 7

// parse4 parses an IPv4 datagram at l3 in the frame of n octets at p.
func (l *Local) parse4(p unsafe.Pointer, n, l3 int, good Sums) (Found, Verdict) {
	if n < l3+ip4Len+udpLen {
		return Found{}, BadLength
	}
	h := unsafe.Add(p, l3)
	first, second, dst := load64(h, 0), load64(h, 8), load32(h, 16)
	ihl := ip4Len
	total := int(bits.ReverseBytes16(uint16(first >> 16)))
	if first&unusual4 != 0x45 || uint8(second>>8) != protoUDP || uint64(dst) != l.first4 || l3+total > n {
		var v Verdict
		if ihl, v = l.judge4(h, first, second, dst, total, n-l3); v != Query {
			return Found{}, v
		}
	}
	if good&SumIP == 0 {
		s := plus(plus(first, second), uint64(dst))
		for o := ip4Len; o < ihl; o += 4 {
			s = plus(s, uint64(load32(h, o)))
		}
		if fold(s) != 0xffff {
			return Found{}, BadChecksum
		}
	}
	src := bits.ReverseBytes32(uint32(second >> 32))
	// 0.0.0.0/8, 127.0.0.0/8, and 224.0.0.0 upward: groups and broadcast; and us.
	if src-1<<24 >= 223<<24 || src>>24 == 127 || l.has4(uint32(second>>32)) {
		return Found{}, BadSource
	}
	return l.parseUDP(p, l3+ihl, total-ihl, 0, 0xffff<<32|uint64(src), second>>32+uint64(dst), good)
}

// judge4 looks at a header that is not the usual one: options, an address
// that is not our first, or something wrong. It returns the header's length.
//
//go:noinline
func (l *Local) judge4(h unsafe.Pointer, first, second uint64, dst uint32, total, room int) (ihl int, v Verdict) {
	ihl = int(first&15) * 4
	switch {
	case first&0xf0 != 0x40 || ihl < ip4Len || total < ihl || total > room:
		return 0, BadLength
	case !l.has4(dst):
		return 0, NotOurs
	case first>>48&notWhole4 != 0:
		return 0, Fragment
	case uint8(second>>8) != protoUDP:
		return 0, NotDNS
	}
	return ihl, judgeOptions(unsafe.Add(h, ip4Len), ihl-ip4Len)
}

// parse6 parses an IPv6 datagram at l3 in the frame of n octets at p.
func (l *Local) parse6(p unsafe.Pointer, n, l3 int, good Sums) (Found, Verdict) {
	if n < l3+ip6Len {
		return Found{}, BadLength
	}
	h := unsafe.Add(p, l3)
	first := load64(h, 0)
	src, dst := loadAddress(h, 8), loadAddress(h, 24)
	payload := int(bits.ReverseBytes16(uint16(first >> 32)))
	next := uint8(first >> 48)
	switch {
	case first&0xf0 != 0x60 || l3+ip6Len+payload > n:
		return Found{}, BadLength
	case (dst != l.first6 || len(l.v6) == 0) && !l.has6(dst):
		return Found{}, NotOurs
	}
	skip := 0
	if next != protoUDP {
		var v Verdict
		if skip, v = extensions(h, payload, next); v != Query {
			return Found{}, v
		}
	}
	hi, lo := bits.ReverseBytes64(src.first), bits.ReverseBytes64(src.second)
	// Groups (ff00::/8); us; and ::/64, where the unspecified and the loopback
	// address are, and those that stand for IPv4 clients, whose limits and trust
	// would be had by who writes their address so.
	if hi>>56 == 0xff || hi == 0 || l.has6(src) {
		return Found{}, BadSource
	}
	return l.parseUDP(p, l3+ip6Len+skip, payload-skip, hi, lo, plus(src.sum(), dst.sum()), good)
}

// parseUDP parses the room octets of UDP at start in the frame at p. hi and lo
// are the source; addresses is the sum of both addresses.
func (l *Local) parseUDP(p unsafe.Pointer, start, room int, hi, lo, addresses uint64, good Sums) (Found, Verdict) {
	if room < udpLen {
		return Found{}, BadLength
	}
	u := unsafe.Add(p, start)
	w := load64(u, 0)
	n := int(bits.ReverseBytes16(uint16(w >> 32)))
	switch {
	case uint16(w>>16) != l.port:
		return Found{}, NotDNS
	case n < udpLen || n > room:
		return Found{}, BadLength
	case uint8(w) == 0 && noReplyTo>>uint8(w>>8)&1 != 0:
		return Found{}, BadSource
	case (load64(p, 0)^l.mac)&l.macMask != 0:
		return Found{}, judgeMACs(load64(p, 0))
	case w>>48 == 0:
		// RFC 8200 section 8.1: never without over IPv6, whatever the device says.
		if good&sumOptional == 0 {
			return Found{}, BadChecksum
		}
	case good&SumUDP == 0:
		pseudo := plus(addresses, pseudoTail(n))
		if fold(sum(plus(pseudo, w), unsafe.Add(u, udpLen), n-udpLen)) != 0xffff && !l.unfinished(w, pseudo) {
			return Found{}, BadChecksum
		}
	}
	return Found{start + udpLen, start + n, hi, lo}, Query
}

// judgeMACs is what is wrong with a frame's first octets: it is from a group's
// MAC, as nothing is, or to one, or for another machine.
func judgeMACs(first uint64) Verdict {
	if first&(1<<48) != 0 {
		return BadSource
	}
	return NotOurs
}

// unfinished reports whether the checksum of the UDP header w is one that
// AcceptUnfinished accepts.
func (l *Local) unfinished(w, pseudo uint64) bool {
	return l.AcceptUnfinished && uint16(w>>48) == fold(pseudo)
}
