package main

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"net"
	"net/netip"
)

// Lengths of the headers of a frame, and where its datagram begins.
const (
	etherLen = 14
	ip4Len   = 20
	ip6Len   = 40
	udpLen   = 8

	protoUDP  = 17
	typeIPv4  = 0x0800
	typeIPv6  = 0x86dd
	firstPort = 2048 // of the clients, at each address
)

// headers is the headers of a flow's frames, and what of their checksums is
// the same in all.
type headers struct {
	octets []byte
	ip     uint64 // sum of the IPv4 header with length 0
	pseudo uint64 // sum of the pseudo-header and the ports, without the length
}

// frames makes the frames of queries, and finds the answers in others. It
// knows IPv4 or IPv6, as the server's address says, without options and tags.
type frames struct {
	flow    []headers // of client c and port p: flow[c*ports+p]
	ports   int
	server  netip.AddrPort
	index   map[netip.Addr]int // of the clients
	v4      bool
	headLen int
}

// newFrames prepares frames from the clients, at a number of ports each, which
// must be of the server's family.
func newFrames(server netip.AddrPort, clients []netip.Addr, ports int, from, to net.HardwareAddr) (*frames, error) {
	f := &frames{ports: ports, server: server, v4: server.Addr().Is4(), index: map[netip.Addr]int{}}
	f.headLen = etherLen + ip6Len + udpLen
	if f.v4 {
		f.headLen = etherLen + ip4Len + udpLen
	}
	for i, c := range clients {
		if c.Is4() != f.v4 {
			return nil, fmt.Errorf("ask %s from %s: give clients (-A) of the server's family", server.Addr(), c)
		}
		f.index[c] = i
		for p := range ports {
			f.flow = append(f.flow, f.headers(netip.AddrPortFrom(c, uint16(firstPort+p)), from, to))
		}
	}
	return f, nil
}

// headers makes the headers of a flow with lengths and checksums 0.
func (f *frames) headers(client netip.AddrPort, from, to net.HardwareAddr) headers {
	h := append(append([]byte{}, to...), from...)
	if f.v4 {
		h = binary.BigEndian.AppendUint16(h, typeIPv4)
		h = append(h, 0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, protoUDP, 0, 0)
	} else {
		h = binary.BigEndian.AppendUint16(h, typeIPv6)
		h = append(h, 0x60, 0, 0, 0, 0, 0, protoUDP, 64)
	}
	addresses := append(client.Addr().AsSlice(), f.server.Addr().AsSlice()...)
	h = append(h, addresses...)
	ports := binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, client.Port()), f.server.Port())
	h = append(append(h, ports...), 0, 0, 0, 0)
	return headers{
		octets: h,
		ip:     sum(0, h[etherLen:f.headLen-udpLen]),
		pseudo: sum(sum(protoUDP<<8, addresses), ports),
	}
}

// build writes the frame of a query with an id into b, which has room for it,
// and returns its length.
func (f *frames) build(b []byte, flow int, id uint16, query []byte) int {
	h := &f.flow[flow]
	n := copy(b, h.octets)
	message := b[n : n+len(query)]
	copy(message, query)
	binary.BigEndian.PutUint16(message, id)
	length := udpLen + len(query)
	swapped := uint64(bits.ReverseBytes16(uint16(length)))
	if f.v4 {
		total := uint16(ip4Len + length)
		binary.BigEndian.PutUint16(b[etherLen+2:], total)
		binary.LittleEndian.PutUint16(b[etherLen+10:], ^fold(plus(h.ip, uint64(bits.ReverseBytes16(total)))))
	} else {
		binary.BigEndian.PutUint16(b[etherLen+4:], uint16(length))
	}
	udp := b[n-udpLen:]
	binary.BigEndian.PutUint16(udp[4:], uint16(length))
	// The length is summed twice: in the pseudo-header and in UDP's own.
	check := ^fold(sum(plus(plus(h.pseudo, swapped), swapped), message))
	if check == 0 {
		check = 0xffff
	}
	binary.LittleEndian.PutUint16(udp[6:], check)
	return n + len(query)
}

// find finds the answer in a frame. ours is false for a frame that is none to
// us from the server; the message is empty where a checksum or length is wrong.
func (f *frames) find(b []byte) (flow int, msg []byte, ours bool) {
	if len(b) < f.headLen {
		return 0, nil, false
	}
	ip, udp := b[etherLen:f.headLen-udpLen], b[f.headLen-udpLen:]
	var src, dst netip.Addr
	var total int // octets of UDP
	if f.v4 {
		if binary.BigEndian.Uint16(b[12:]) != typeIPv4 || ip[0] != 0x45 || ip[9] != protoUDP {
			return 0, nil, false
		}
		src, dst = netip.AddrFrom4([4]byte(ip[12:])), netip.AddrFrom4([4]byte(ip[16:]))
		total = int(binary.BigEndian.Uint16(ip[2:])) - ip4Len
	} else {
		if binary.BigEndian.Uint16(b[12:]) != typeIPv6 || ip[0]>>4 != 6 || ip[6] != protoUDP {
			return 0, nil, false
		}
		src, dst = netip.AddrFrom16([16]byte(ip[8:])), netip.AddrFrom16([16]byte(ip[24:]))
		total = int(binary.BigEndian.Uint16(ip[4:]))
	}
	client, known := f.index[dst]
	port := int(binary.BigEndian.Uint16(udp[2:])) - firstPort
	if !known || src != f.server.Addr() || binary.BigEndian.Uint16(udp) != f.server.Port() || port < 0 || port >= f.ports {
		return 0, nil, false
	}
	flow = client*f.ports + port
	if total < udpLen || total > len(udp) || int(binary.BigEndian.Uint16(udp[4:])) != total || !f.sumsRight(ip, udp[:total]) {
		return flow, nil, true
	}
	return flow, udp[udpLen:total], true
}

// sumsRight verifies the checksums of an IP header and the UDP behind it.
func (f *frames) sumsRight(ip, udp []byte) bool {
	addresses := ip[8:]
	if f.v4 {
		if fold(sum(0, ip)) != 0xffff {
			return false
		}
		if udp[6]|udp[7] == 0 { // RFC 768: none; RFC 8200 section 8.1: not over IPv6
			return true
		}
		addresses = ip[12:]
	}
	pseudo := protoUDP<<8 + uint64(bits.ReverseBytes16(uint16(len(udp))))
	return fold(sum(sum(pseudo, addresses), udp)) == 0xffff
}

// sum adds octets to a ones-complement sum (RFC 1071), in little-endian words.
func sum(s uint64, b []byte) uint64 {
	var carry uint64
	for ; len(b) >= 8; b = b[8:] {
		s, carry = bits.Add64(s, binary.LittleEndian.Uint64(b), carry)
	}
	var last uint64
	for i, c := range b {
		last |= uint64(c) << (8 * i)
	}
	s, carry = bits.Add64(s, last, carry)
	return plus(s, carry)
}

// plus is the ones-complement sum of two words.
func plus(a, b uint64) uint64 {
	s, carry := bits.Add64(a, b, 0)
	return s + carry
}

// fold brings a sum down to 16 bits.
func fold(s uint64) uint16 {
	s += bits.RotateLeft64(s, 32) // the high half is now the sum of both
	w := uint32(s >> 32)
	w += bits.RotateLeft32(w, 16)
	return uint16(w >> 16)
}
