// Package frametest makes frames and captures for tests and benchmarks. Its
// checksums are computed octet by octet as the RFCs say, apart from package
// frame, so that each checks the other. It must not be imported by a program.
package frametest

import (
	"encoding/binary"
	"net/netip"
)

// Packet is what a UDP frame is built from.
type Packet struct {
	SrcMAC, DstMAC [6]byte
	Service        uint16         // with an outer tag (802.1ad) if not 0
	VLAN           uint16         // with a tag if not 0
	Src, Dst       netip.AddrPort // both IPv4 or both IPv6
	Options        []byte         // of IPv4, a multiple of 4 octets
	Extensions     []byte         // of IPv6, whole headers; the last one's next header is UDP
	FirstExtension uint8          // the protocol of the first of them
	NoUDPSum       bool           // send the checksum as zero
	Payload        []byte
	Trailer        []byte // behind the datagram, as Ethernet's padding
}

// Query is a packet with unicast MACs and the addresses of a usual client
// and server of the same family as server.
func Query(server netip.AddrPort, payload []byte) Packet {
	client := netip.MustParseAddrPort("192.0.2.77:40123")
	if server.Addr().Is6() {
		client = netip.MustParseAddrPort("[2001:db8::77]:40123")
	}
	return Packet{
		SrcMAC: [6]byte{2, 0, 0, 0, 0, 0x77}, DstMAC: [6]byte{2, 0, 0, 0, 0, 1},
		Src: client, Dst: server, Payload: payload,
	}
}

// Build returns the packet's frame with right lengths and checksums.
func Build(p Packet) []byte {
	f := append(append([]byte{}, p.DstMAC[:]...), p.SrcMAC[:]...)
	if p.Service != 0 {
		f = binary.BigEndian.AppendUint16(f, 0x88a8)
		f = binary.BigEndian.AppendUint16(f, p.Service)
	}
	if p.VLAN != 0 {
		f = binary.BigEndian.AppendUint16(f, 0x8100)
		f = binary.BigEndian.AppendUint16(f, p.VLAN)
	}
	udp := buildUDP(p)
	if p.Src.Addr().Is4() {
		f = binary.BigEndian.AppendUint16(f, 0x0800)
		f = append(f, header4(p, len(udp))...)
	} else {
		f = binary.BigEndian.AppendUint16(f, 0x86dd)
		f = append(f, header6(p, len(udp))...)
	}
	return append(append(f, udp...), p.Trailer...)
}

func header4(p Packet, n int) []byte {
	ihl := 20 + len(p.Options)
	h := []byte{0x40 | byte(ihl/4), 0}
	h = binary.BigEndian.AppendUint16(h, uint16(ihl+n))
	h = append(h, 0x12, 0x34, 0, 0, 61, 17, 0, 0)
	h = append(h, p.Src.Addr().AsSlice()...)
	h = append(h, p.Dst.Addr().AsSlice()...)
	h = append(h, p.Options...)
	binary.BigEndian.PutUint16(h[10:], ^Sum(h))
	return h
}

func header6(p Packet, n int) []byte {
	h := []byte{0x60, 0, 0, 0}
	h = binary.BigEndian.AppendUint16(h, uint16(len(p.Extensions)+n))
	next := byte(17)
	if len(p.Extensions) > 0 {
		next = p.FirstExtension
	}
	h = append(h, next, 61)
	h = append(h, p.Src.Addr().AsSlice()...)
	h = append(h, p.Dst.Addr().AsSlice()...)
	return append(h, p.Extensions...)
}

func buildUDP(p Packet) []byte {
	n := uint16(8 + len(p.Payload))
	u := binary.BigEndian.AppendUint16(nil, p.Src.Port())
	u = binary.BigEndian.AppendUint16(u, p.Dst.Port())
	u = binary.BigEndian.AppendUint16(u, n)
	u = append(append(u, 0, 0), p.Payload...)
	if p.NoUDPSum {
		return u
	}
	pseudo := append(p.Src.Addr().AsSlice(), p.Dst.Addr().AsSlice()...)
	pseudo = binary.BigEndian.AppendUint16(append(pseudo, 0, 17), n)
	sum := ^Sum(append(pseudo, u...))
	if sum == 0 {
		sum = 0xffff
	}
	binary.BigEndian.PutUint16(u[6:], sum)
	return u
}

// Sum is the ones-complement sum of RFC 1071 over b, in host order; an odd
// last octet is filled with a zero.
func Sum(b []byte) uint16 {
	s := uint32(0)
	for i, c := range b {
		if i%2 == 0 {
			s += uint32(c) << 8
		} else {
			s += uint32(c)
		}
		s = s>>16 + s&0xffff
	}
	return uint16(s)
}
