//go:build dpdk

package netio_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"net/netip"
	"strings"
	"testing"

	"github.com/ipdcode/skydns/dataplane/frame"
	"github.com/ipdcode/skydns/dataplane/frame/frametest"
)

// serverMAC is that of the port, by which exceptionNode's server is reached.
var serverMAC = [6]byte{2, 0, 0, 0, 0, 0x53}

// TestDPDKFrames verifies, frame by frame on a link between two namespaces,
// which unusual queries are answered and how, and that the others are dropped,
// each counted once for what it is, or go to a kernel that has no use for them,
// and move nobody to send an IP datagram, be it a reply or an error: neither to
// the sender nor to whom it pretends to be.
func TestDPDKFrames(t *testing.T) {
	server, client, stop := exceptionNode(t, "exception = \"tap\"\n[Stats]\nstatsServer = \""+statsAddr+"\"\n")
	w := openLink(t, client)
	w.ask(t, frametest.Build(w.packet(t, 0, 1)), 1) // until all is up
	drops := nodeDrops(t, server)
	id := uint16(1)
	for _, c := range unusualFrames {
		for family := range servers {
			if c.only != 0 && c.only != family+4 {
				continue
			}
			id += 2
			t.Run(c.name+" "+servers[family].String(), func(t *testing.T) {
				p := w.packet(t, family, id)
				if c.change != nil {
					c.change(&p)
				}
				f := frametest.Build(p)
				if c.edit != nil {
					c.edit(f)
				}
				if c.becomes == answered {
					checkUnusual(t, p, w.ask(t, f, id))
				} else {
					w.send(t, f)
					w.ask(t, frametest.Build(w.packet(t, family, id+1)), id+1) // what came before was looked at
				}
				if w.seen[id] != (c.becomes == answered) {
					t.Errorf("replied: %v", w.seen[id])
				}
				if strings.HasPrefix(c.becomes, "frame-") {
					drops[c.becomes]++
				}
				if got := nodeDrops(t, server); !maps.Equal(got, drops) {
					t.Errorf("drops are %v, want %v", got, drops)
					drops = got
				}
			})
		}
	}
	stop()
	if len(w.strays) > 0 {
		t.Errorf("%d frames left that nothing asked for:\n%s", len(w.strays), strings.Join(w.strays, "\n"))
	}
}

// What becomes of a frame, besides the reasons for drops.
const (
	answered = "answered"
	kernels  = "the kernel's"
	engines  = "the engine's to drop"
)

// unusualFrames are changes to a query, before its frame is built and after.
// only is 4 for a change to IPv4, 5 for one to IPv6.
var unusualFrames = []struct {
	name    string
	only    int
	change  func(p *frametest.Packet)
	edit    func(f []byte)
	becomes string
}{
	{"one tag", 0, func(p *frametest.Packet) { p.VLAN = 7 }, nil, answered},
	{"two tags", 0, func(p *frametest.Packet) { p.Service, p.VLAN = 4, 7 }, nil, answered},
	{"options", 4, func(p *frametest.Packet) { p.Options = []byte{7, 7, 4, 0, 0, 0, 0, 0} }, nil, answered},
	{"no UDP checksum", 4, func(p *frametest.Packet) { p.NoUDPSum = true }, nil, answered},
	{"padding", 0, func(p *frametest.Packet) { p.Trailer = make([]byte, 30) }, nil, answered},
	{"destination options", 5, func(p *frametest.Packet) { p.FirstExtension, p.Extensions = 60, []byte{17, 0, 1, 4, 0, 0, 0, 0} }, nil, answered},
	{"the only fragment", 5, func(p *frametest.Packet) { p.FirstExtension, p.Extensions = 44, []byte{17, 0, 0, 0, 0, 0, 0, 7} }, nil, answered},

	{"no UDP checksum", 5, func(p *frametest.Packet) { p.NoUDPSum = true }, nil, "frame-bad-checksum"},
	{"wrong UDP checksum", 0, nil, func(f []byte) { f[len(f)-1]++ }, "frame-bad-checksum"},
	{"wrong IP checksum", 4, nil, func(f []byte) { f[24]++ }, "frame-bad-checksum"},
	{"first fragment", 4, nil, func(f []byte) { f[20] = 0x20; sumIP(f) }, kernels},
	{"last fragment", 4, nil, func(f []byte) { f[21] = 9; sumIP(f) }, kernels},
	{"first fragment", 5, func(p *frametest.Packet) { p.FirstExtension, p.Extensions = 44, []byte{17, 0, 0, 1, 0, 0, 0, 7} }, nil, kernels},
	{"source route", 4, func(p *frametest.Packet) { p.Options = []byte{131, 7, 4, 192, 0, 2, 1, 0} }, nil, kernels},
	{"three tags", 0, nil, func(f []byte) { copy(f[12:], []byte{0x81, 0, 0, 1, 0x81, 0, 0, 2, 0x81, 0}) }, kernels},
	{"IP length over the frame's", 4, nil, func(f []byte) { f[16] = 5; sumIP(f) }, "frame-bad-length"},
	{"UDP length over IP's", 4, nil, func(f []byte) { f[14+20+4] ^= 4 }, "frame-bad-length"},
	{"UDP length over IP's", 5, nil, func(f []byte) { f[14+40+4] ^= 4 }, "frame-bad-length"},
	{"cut short", 0, func(p *frametest.Packet) { p.Payload = p.Payload[:11] }, nil, engines},

	{"to the broadcast MAC", 0, func(p *frametest.Packet) { p.DstMAC = [6]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff} }, nil, kernels},
	{"from a group's MAC", 0, func(p *frametest.Packet) { p.SrcMAC[0] |= 1 }, nil, "frame-bad-source"},
	{"to another address", 4, to("192.0.2.54:53"), nil, kernels},
	{"to the broadcast address", 4, to("192.0.2.255:53"), nil, kernels},
	{"to a group", 5, to("[ff02::1]:53"), nil, kernels},
	{"from the address asked", 4, from("192.0.2.53:53"), nil, "frame-bad-source"},
	{"from the address asked", 5, from("[2001:db8::53]:53"), nil, "frame-bad-source"},
	{"from broadcast", 4, from("255.255.255.255:1024"), nil, "frame-bad-source"},
	{"from a group", 4, from("224.0.0.1:1024"), nil, "frame-bad-source"},
	{"from a group", 5, from("[ff02::1]:1024"), nil, "frame-bad-source"},
	{"from nowhere", 4, from("0.0.0.0:1024"), nil, "frame-bad-source"},
	{"from loopback", 4, from("127.0.0.1:1024"), nil, "frame-bad-source"},
	{"from loopback", 5, from("[::1]:1024"), nil, "frame-bad-source"},
	{"from an IPv4 client, written in IPv6", 5, from("[::ffff:192.0.2.77]:1024"), nil, "frame-bad-source"},
	{"from echo", 0, func(p *frametest.Packet) { p.Src = netip.AddrPortFrom(p.Src.Addr(), 7) }, nil, "frame-bad-source"},
	{"from port 0", 0, func(p *frametest.Packet) { p.Src = netip.AddrPortFrom(p.Src.Addr(), 0) }, nil, "frame-bad-source"},
	{"a reply from port 53", 0, func(p *frametest.Packet) {
		p.Src = netip.AddrPortFrom(p.Src.Addr(), 53)
		p.Payload[2] |= 0x80
	}, nil, engines},
	{"a query from port 53", 0, func(p *frametest.Packet) { p.Src = netip.AddrPortFrom(p.Src.Addr(), 53) }, nil, answered},
}

func to(s string) func(p *frametest.Packet) {
	return func(p *frametest.Packet) { p.Dst = netip.MustParseAddrPort(s) }
}

func from(s string) func(p *frametest.Packet) {
	return func(p *frametest.Packet) { p.Src = netip.MustParseAddrPort(s) }
}

// sumIP makes the checksum of an untagged IPv4 header right.
func sumIP(f []byte) {
	f[24], f[25] = 0, 0
	binary.BigEndian.PutUint16(f[24:], ^frametest.Sum(f[14:34]))
}

// checkUnusual verifies the reply to packet p: sides exchanged, right lengths
// and checksums, the same tags.
func checkUnusual(t *testing.T, p frametest.Packet, f []byte) {
	t.Helper()
	l3 := frame.LinkLen(f)
	want := frametest.Build(frametest.Packet{
		SrcMAC: p.DstMAC, DstMAC: p.SrcMAC, Service: p.Service, VLAN: p.VLAN, Src: p.Dst, Dst: p.Src, Options: make([]byte, len(p.Options)),
		Payload: f[len(f)-replyLen(f, l3):],
	})
	if p.Src.Addr().Is4() {
		copy(want[l3+4:], []byte{0, 0, 0x40, 0, 64, 17, 0, 0}) // as the builder does not set them
		binary.BigEndian.PutUint16(want[l3+10:], ^frametest.Sum(want[l3:l3+20+len(p.Options)]))
	} else {
		want[l3+7] = 64
	}
	if !bytes.Equal(f, want) {
		t.Errorf("reply\n%swant\n%s", hex.Dump(f), hex.Dump(want))
	}
}

// replyLen is the octets of the message in the reply f, whose datagram is at l3.
func replyLen(f []byte, l3 int) int {
	ip := 40
	if f[l3]>>4 == 4 {
		ip = int(f[l3]&15) * 4
	}
	return len(f) - l3 - ip - 8
}
