package frame

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"testing"

	"github.com/ipdcode/skydns/dataplane/frame/frametest"
)

// TestReplyByHand verifies one reply octet for octet.
func TestReplyByHand(t *testing.T) {
	f := reset(0)(octets(t, query4))
	want := octets(t, `
02 00 00 00 00 77  02 00 00 00 00 01  08 00
45 00 00 2f        # length 47
00 00 40 00        # identification 0, don't fragment
40 11 4e 08        # TTL 64, UDP, checksum
c6 33 64 35        # 198.51.100.53
c0 00 02 4d        # 192.0.2.77
00 35 9c bb        # port 53 to 40123
00 1b 56 83        # 27 octets, checksum
ab cd 81 00  00 01 00 00  00 00 00 00
00 00 02 00 01
be ef
`)
	f = append(f, 0xbe, 0xef)
	f[44] = 0x81
	n := Reply(f, 19, 0)
	if !bytes.Equal(f[:n], want) {
		t.Errorf("reply\n%swant\n%s", hex.Dump(f[:n]), hex.Dump(want))
	}
}

// TestReply verifies headers and checksums of replies of every length and kind
// against frames built from the RFCs apart from this package.
func TestReply(t *testing.T) {
	l := local(t)
	extensions := octets(t, "3c 00 01 04 00 00 00 00  11 00 01 04 00 00 00 00") // hop-by-hop, destination
	for _, c := range []struct {
		name   string
		server netip.AddrPort
		change func(p *frametest.Packet)
	}{
		{"IPv4", server4, nil},
		{"IPv6", server6, nil},
		{"IPv4 with a tag", server4, func(p *frametest.Packet) { p.VLAN = 100 }},
		{"IPv6 with a tag", server6, func(p *frametest.Packet) { p.VLAN = 100 }},
		{"IPv4 with two tags", server4, func(p *frametest.Packet) { p.Service, p.VLAN = 4, 100 }},
		{"IPv6 with two tags", server6, func(p *frametest.Packet) { p.Service, p.VLAN = 4, 100 }},
		{"IPv4 with options", server4, func(p *frametest.Packet) { p.Options = []byte{7, 3, 4, 0} }},
		{"IPv6 with extension headers", server6, func(p *frametest.Packet) { p.Extensions = extensions }},
		{"all of it", server6, func(p *frametest.Packet) { p.Service, p.VLAN, p.Extensions = 4, 100, extensions }},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := frametest.Query(c.server, []byte("the query"))
			if c.change != nil {
				c.change(&p)
			}
			f := frametest.Build(p)
			for n := range 1300 {
				checkReply(t, l, p, f, n)
			}
		})
	}
}

// checkReply replies to frame f of packet p with n octets and compares.
func checkReply(t *testing.T, l *Local, p frametest.Packet, query []byte, n int) {
	t.Helper()
	f := make([]byte, len(query)+1300)
	copy(f, query)
	found, v := l.Parse(f, 0)
	if v != Query {
		t.Fatal(v)
	}
	message := bytes.Repeat([]byte{0xff, 0xa5, byte(n), 0xfe}, 400)[:n]
	copy(f[found.Start:], message)
	got := f[:Reply(f[:found.Start+n], n, 0)]

	p.Src, p.Dst, p.SrcMAC, p.DstMAC = p.Dst, p.Src, p.DstMAC, p.SrcMAC
	p.Payload, p.Options, p.Extensions = message, make([]byte, len(p.Options)), nil
	want := frametest.Build(p)
	l3 := LinkLen(want)
	if p.Src.Addr().Is4() {
		h := want[l3 : l3+20+len(p.Options)]
		copy(h[4:], []byte{0, 0, 0x40, 0, 64, 17, 0, 0}) // as the builder does not set them
		binary.BigEndian.PutUint16(h[10:], ^frametest.Sum(h))
	} else {
		want[l3+7] = 64
	}
	if !bytes.Equal(got, want) {
		t.Fatalf("reply of %d octets\n%swant\n%s", n, hex.Dump(got), hex.Dump(want))
	}
}

// TestReplySumIsNeverZero verifies that a UDP checksum that comes out as zero
// is sent as 0xffff: zero would mean that there is none.
func TestReplySumIsNeverZero(t *testing.T) {
	for _, server := range []netip.AddrPort{server4, server6} {
		f := frametest.Build(frametest.Query(server, make([]byte, 2)))
		found, v := local(t).Parse(f, 0)
		if v != Query {
			t.Fatal(v)
		}
		// The reply's checksum over 0 becomes the message that makes it zero.
		probe := append([]byte{}, f...)
		Reply(probe, 2, 0)
		copy(f[found.Start:], probe[found.Start-2:found.Start])
		Reply(f, 2, 0)
		if got := binary.BigEndian.Uint16(f[found.Start-2:]); got != 0xffff {
			t.Errorf("%v: checksum %04x, want ffff", server, got)
		}
	}
}

// TestReplyForDevice verifies what is left to a device that fills in checksums.
func TestReplyForDevice(t *testing.T) {
	for _, server := range []netip.AddrPort{server4, server6} {
		p := frametest.Query(server, []byte("message"))
		f := frametest.Build(p)
		found, _ := local(t).Parse(f, 0)
		Reply(f, len(p.Payload), SumIP|SumUDP)
		u := f[found.Start-8:]
		if server.Addr().Is4() {
			if h := f[14:34]; h[10]|h[11] != 0 {
				t.Errorf("IPv4 checksum %x, want 0", h[10:12])
			}
		}
		// The device sums the datagram over the pseudo-header's sum in it.
		sum := ^frametest.Sum(u)
		binary.BigEndian.PutUint16(u[6:], sum)
		p.Src, p.Dst = p.Dst, p.Src
		if want := frametest.Build(p); !bytes.Equal(u, want[found.Start-8:]) {
			t.Errorf("%v: datagram %x, want %x", server, u, want[found.Start-8:])
		}
	}
}

// TestNoAllocation verifies that neither step allocates.
func TestNoAllocation(t *testing.T) {
	l := local(t)
	var frames [][]byte
	for _, server := range []netip.AddrPort{server4, server6} {
		frames = append(frames, frametest.Build(frametest.Query(server, make([]byte, 48))))
	}
	frames = append(frames, make([]byte, 60))
	if n := testing.AllocsPerRun(100, func() {
		for _, f := range frames {
			if found, v := l.Parse(f, 0); v == Query {
				Reply(f, found.End-found.Start, 0)
				Reply(f, found.End-found.Start, 0)
			}
		}
	}); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}
