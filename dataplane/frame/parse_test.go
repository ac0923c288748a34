package frame

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"

	"github.com/ipdcode/skydns/dataplane/frame/frametest"
)

var (
	server4 = netip.MustParseAddrPort("198.51.100.53:53")
	server6 = netip.MustParseAddrPort("[2001:db8::53]:53")
)

// local is servers 4 and 6 behind other addresses of ours.
func local(tb testing.TB) *Local {
	tb.Helper()
	l, err := NewLocal([]netip.Addr{
		netip.MustParseAddr("10.0.0.1"), server4.Addr(), netip.MustParseAddr("fe80::1"), server6.Addr(),
	}, 53)
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

// octets reads hex digits; what stands behind # in a line is a remark.
func octets(tb testing.TB, text string) []byte {
	tb.Helper()
	var digits strings.Builder
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		digits.WriteString(strings.Join(strings.Fields(line), ""))
	}
	b, err := hex.DecodeString(digits.String())
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// query4 asks 198.51.100.53 over IPv4. Its IPv4 checksum is set by reset(0).
const query4 = `
02 00 00 00 00 01  02 00 00 00 00 77  08 00  # to us, from the client, IPv4
45 00 00 2d        # version 4, 5 words, length 45
12 34 00 00        # identification, no flags
40 11 00 00        # TTL 64, UDP, checksum left out
c0 00 02 4d        # 192.0.2.77
c6 33 64 35        # 198.51.100.53
9c bb 00 35        # port 40123 to 53
00 19 00 00        # 25 octets, no checksum
ab cd 01 00  00 01 00 00  00 00 00 00  # DNS header
00 00 02 00 01     # . NS IN
`

// edit changes a frame before it is parsed.
type edit func(f []byte) []byte

// set replaces the octets at off and leaves the checksums as they are.
func set(off int, b ...byte) edit {
	return func(f []byte) []byte { copy(f[off:], b); return f }
}

// reset replaces octets of an untagged IPv4 header and makes its checksum right.
func reset(off int, b ...byte) edit {
	return func(f []byte) []byte {
		copy(f[off:], b)
		h := f[14 : 14+int(f[14]&15)*4]
		h[10], h[11] = 0, 0
		binary.BigEndian.PutUint16(h[10:], ^frametest.Sum(h))
		return f
	}
}

func cut(n int) edit { return func(f []byte) []byte { return f[:len(f)-n] } }

// TestParseVerdicts verifies which frames are queries and why others are not.
func TestParseVerdicts(t *testing.T) {
	msg := []byte("a message of 25 octets, ok")[:25]
	v4, v6 := frametest.Query(server4, msg), frametest.Query(server6, msg)
	with := func(p frametest.Packet, change func(*frametest.Packet)) frametest.Packet { change(&p); return p }
	hexFrame := reset(0)(octets(t, query4))
	cases := []struct {
		name  string
		frame []byte
		edit  edit
		want  Verdict
	}{
		{"IPv4 by hand", hexFrame, nil, Query},
		{"IPv4", frametest.Build(v4), nil, Query},
		{"IPv6", frametest.Build(v6), nil, Query},
		{"IPv4 with a tag", frametest.Build(with(v4, func(p *frametest.Packet) { p.VLAN = 100 })), nil, Query},
		{"IPv6 with a tag", frametest.Build(with(v6, func(p *frametest.Packet) { p.VLAN = 100 })), nil, Query},
		{"IPv4 with options", frametest.Build(with(v4, func(p *frametest.Packet) { p.Options = []byte{7, 7, 4, 0, 0, 0, 0, 0} })), nil, Query},
		{"IPv4 without UDP checksum", frametest.Build(with(v4, func(p *frametest.Packet) { p.NoUDPSum = true })), nil, Query},
		{"IPv4 with Ethernet padding", frametest.Build(with(v4, func(p *frametest.Packet) { p.Trailer = make([]byte, 9) })), nil, Query},
		{"empty message", frametest.Build(frametest.Query(server6, nil)), nil, Query},
		{"don't-fragment bit", hexFrame, reset(20, 0x40), Query},

		{"nothing", nil, nil, BadLength},
		{"cut in the IPv4 header", hexFrame, cut(40), BadLength},
		{"cut in the message", frametest.Build(v4), cut(1), BadLength},
		{"cut in the IPv6 message", frametest.Build(v6), cut(1), BadLength},
		{"cut behind the tag", frametest.Build(with(v6, func(p *frametest.Packet) { p.VLAN = 9 })), cut(60), BadLength},
		{"IPv4 header of 4 words", hexFrame, reset(14, 0x44), BadLength},
		{"version 5", hexFrame, reset(14, 0x55), BadLength},
		{"IPv4 length under its header", hexFrame, reset(16, 0, 19), BadLength},
		{"IPv4 length without UDP header", hexFrame, reset(16, 0, 27), BadLength},
		{"IPv4 options reach the end", hexFrame, set(14, 0x4f), BadLength},
		{"UDP length over IP's", hexFrame, set(38, 0, 26), BadLength},
		{"UDP length under its header", hexFrame, set(38, 0, 7), BadLength},
		{"IPv6 version 4", frametest.Build(v6), set(14, 0x40), BadLength},
		{"IPv6 jumbogram", frametest.Build(v6), set(18, 0, 0), BadLength},

		{"ARP", frametest.Build(v4), set(12, 0x08, 0x06), NotIP},
		{"broadcast ARP", frametest.Build(v4), set(0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 8, 6), NotIP},
		{"LLC length", hexFrame, set(12, 0, 45), NotIP},

		{"broadcast MAC", hexFrame, set(0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), NotOurs},
		{"another IPv4 address", hexFrame, reset(33, 0x36), NotOurs},
		{"another IPv6 address", frametest.Build(v6), set(53, 0x54), NotOurs},

		{"TCP", hexFrame, reset(23, 6), NotDNS},
		{"ICMPv6", frametest.Build(v6), set(20, 58), NotDNS},
		{"port 54", hexFrame, set(37, 54), NotDNS},

		{"first fragment", hexFrame, reset(20, 0x20), Fragment},
		{"last fragment", hexFrame, reset(21, 0x01), Fragment},

		{"IPv4 header checksum", hexFrame, set(22, 63), BadChecksum},
		{"IPv4 checksum with options", frametest.Build(with(v4, func(p *frametest.Packet) { p.Options = make([]byte, 4) })), set(34, 1), BadChecksum},
		{"UDP checksum over IPv4", frametest.Build(v4), set(50, 'X'), BadChecksum},
		{"UDP checksum over IPv6", frametest.Build(v6), set(70, 'X'), BadChecksum},
		{"zero UDP checksum over IPv6", frametest.Build(with(v6, func(p *frametest.Packet) { p.NoUDPSum = true })), nil, BadChecksum},

		{"from 0.0.0.0", hexFrame, reset(26, 0, 0, 0, 0), BadSource},
		{"from loopback", hexFrame, reset(26, 127, 0, 0, 1), BadSource},
		{"from a group", hexFrame, reset(26, 224, 0, 0, 251), BadSource},
		{"from our first address", hexFrame, reset(26, 10, 0, 0, 1), BadSource},
		{"from the address asked", hexFrame, reset(26, 198, 51, 100, 53), BadSource},
		{"from a broadcast MAC", hexFrame, set(6, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), BadSource},
		{"from broadcast", hexFrame, reset(26, 255, 255, 255, 255), BadSource},
		{"from port 0", hexFrame, set(34, 0, 0), BadSource},
		{"from port 7, echo", hexFrame, set(34, 0, 7), BadSource},
		{"from port 13, daytime", hexFrame, set(34, 0, 13), BadSource},
		{"from port 17, qotd", hexFrame, set(34, 0, 17), BadSource},
		{"from port 19, chargen", hexFrame, set(34, 0, 19), BadSource},
		{"from port 37, time", hexFrame, set(34, 0, 37), BadSource},
		{"from port 53", hexFrame, set(34, 0, 53), Query},
		{"from port 71, 64 above 7", hexFrame, set(34, 0, 71), Query},
		{"from port 1792, echo's octets exchanged", hexFrame, set(34, 7, 0), Query},
		{"from ::ffff:192.0.2.77, an IPv4 client's", frametest.Build(v6), set(22, append(make([]byte, 10), 0xff, 0xff, 192, 0, 2, 77)...), BadSource},
		{"from ::1", frametest.Build(v6), set(22, make([]byte, 16)...), BadSource},
		{"from the IPv6 address asked", frametest.Build(v6), set(22, server6.Addr().AsSlice()...), BadSource},
		{"from an IPv6 group", frametest.Build(v6), set(22, 0xff, 2), BadSource},
	}
	l := local(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := append([]byte{}, c.frame...)
			if c.edit != nil {
				f = c.edit(f)
			}
			if _, got := l.Parse(f, 0); got != c.want {
				t.Errorf("verdict %v, want %v of\n%s", got, c.want, hex.Dump(f))
			}
		})
	}
}

// TestParseFinds verifies where the message is and who asked.
func TestParseFinds(t *testing.T) {
	l := local(t)
	for _, c := range []struct {
		name   string
		server netip.AddrPort
		vlan   uint16
		start  int
		hi, lo uint64
	}{
		{"IPv4", server4, 0, 42, 0, 0x0000ffff_c000024d},
		{"IPv4 with a tag", server4, 5, 46, 0, 0x0000ffff_c000024d},
		{"IPv6", server6, 0, 62, 0x20010db8_00000000, 0x77},
		{"IPv6 with a tag", server6, 5, 66, 0x20010db8_00000000, 0x77},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := frametest.Query(c.server, []byte("message"))
			p.VLAN, p.Trailer = c.vlan, []byte("trailer")
			f := frametest.Build(p)
			got, v := l.Parse(f, 0)
			want := Found{c.start, c.start + len(p.Payload), c.hi, c.lo}
			if v != Query || got != want {
				t.Errorf("%v %+v, want %+v", v, got, want)
			}
		})
	}
}

// TestParseTrustsDevice verifies that a checksum which the device found good
// is not looked at again, and that no device excuses a missing one over IPv6.
func TestParseTrustsDevice(t *testing.T) {
	l := local(t)
	for _, c := range []struct {
		name   string
		server netip.AddrPort
		edit   edit
		good   Sums
		want   Verdict
	}{
		{"IPv4 header", server4, set(22, 9), SumIP, Query},
		{"UDP", server4, set(50, 'X'), SumUDP, Query},
		{"UDP only, header wrong", server4, set(22, 9), SumUDP, BadChecksum},
		{"UDP over IPv6", server6, set(70, 'X'), SumUDP, Query},
		{"none over IPv6", server6, set(60, 0, 0), SumIP | SumUDP, BadChecksum},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := c.edit(frametest.Build(frametest.Query(c.server, []byte("some message"))))
			if _, v := l.Parse(f, c.good); v != c.want {
				t.Errorf("verdict %v, want %v", v, c.want)
			}
		})
	}
}

// TestParseUnfinished verifies that a checksum that Linux left unfinished is
// taken only by who says so, and a wrong one never.
func TestParseUnfinished(t *testing.T) {
	for _, server := range []netip.AddrPort{server4, server6} {
		p := frametest.Query(server, []byte("message"))
		f := frametest.Build(p)
		Reply(f, len(p.Payload), SumUDP) // leaves the pseudo-header's sum
		l, err := NewLocal([]netip.Addr{p.Src.Addr()}, p.Src.Port())
		if err != nil {
			t.Fatal(err)
		}
		if _, v := l.Parse(f, 0); v != BadChecksum {
			t.Errorf("%v: unfinished: %v, want %v", server, v, BadChecksum)
		}
		l.AcceptUnfinished = true
		if _, v := l.Parse(f, 0); v != Query {
			t.Errorf("%v: unfinished and accepted: %v, want %v", server, v, Query)
		}
		f[len(f)-len(p.Payload)-1]++
		if _, v := l.Parse(f, 0); v != BadChecksum {
			t.Errorf("%v: wrong: %v, want %v", server, v, BadChecksum)
		}
	}
}

// TestParseOneFamily verifies that with addresses of one family only no frame
// of the other is ours, not even one to the unspecified address.
func TestParseOneFamily(t *testing.T) {
	for _, c := range []struct{ ours, asked netip.AddrPort }{
		{server4, netip.MustParseAddrPort("[::]:53")},
		{server4, server6},
		{server6, netip.MustParseAddrPort("0.0.0.0:53")},
		{server6, server4},
	} {
		l, err := NewLocal([]netip.Addr{c.ours.Addr()}, 53)
		if err != nil {
			t.Fatal(err)
		}
		if _, v := l.Parse(frametest.Build(frametest.Query(c.asked, []byte("message"))), 0); v != NotOurs {
			t.Errorf("%v asked, ours is %v: %v, want %v", c.asked, c.ours, v, NotOurs)
		}
	}
}

// TestNewLocalRefuses verifies that what cannot be an address of ours is refused.
func TestNewLocalRefuses(t *testing.T) {
	one := []netip.Addr{server4.Addr()}
	for _, c := range []struct {
		name  string
		addrs []netip.Addr
		port  uint16
	}{
		{"no address", nil, 53},
		{"port 0", one, 0},
		{"invalid", []netip.Addr{{}}, 53},
		{"zone", []netip.Addr{netip.MustParseAddr("fe80::1%eth0")}, 53},
		{"unspecified", []netip.Addr{netip.IPv4Unspecified()}, 53},
		{"group", []netip.Addr{netip.MustParseAddr("ff02::1")}, 53},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := NewLocal(c.addrs, c.port); err == nil {
				t.Error("accepted")
			}
		})
	}
}
