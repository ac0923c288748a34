//go:build dpdk

package netio_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/sys/unix"

	"github.com/ipdcode/skydns/dataplane/frame"
	"github.com/ipdcode/skydns/dataplane/frame/frametest"
)

// serverMAC is that of the port, by which exceptionNode's server is reached.
var serverMAC = [6]byte{2, 0, 0, 0, 0, 0x53}

// TestDPDKFrames verifies, frame by frame on a link between two namespaces,
// which unusual queries are answered and how, and that the others move nobody
// to send a reply: neither to the sender nor to whom it pretends to be.
func TestDPDKFrames(t *testing.T) {
	_, client, stop := exceptionNode(t, "exception = \"tap\"\n")
	w := openLink(t, client)
	w.ask(t, frametest.Build(w.packet(t, 0, 1)), 1) // until all is up
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
				if c.answered {
					checkUnusual(t, p, w.ask(t, f, id))
					return
				}
				w.send(t, f)
				w.ask(t, frametest.Build(w.packet(t, family, id+1)), id+1)
				if w.seen[id] {
					t.Error("there is a reply")
				}
			})
		}
	}
	stop()
}

// unusualFrames are changes to a query, before its frame is built and after.
// only is 4 for a change to IPv4, 5 for one to IPv6.
var unusualFrames = []struct {
	name     string
	only     int
	change   func(p *frametest.Packet)
	edit     func(f []byte)
	answered bool
}{
	{"one tag", 0, func(p *frametest.Packet) { p.VLAN = 7 }, nil, true},
	{"two tags", 0, func(p *frametest.Packet) { p.Service, p.VLAN = 4, 7 }, nil, true},
	{"options", 4, func(p *frametest.Packet) { p.Options = []byte{7, 7, 4, 0, 0, 0, 0, 0} }, nil, true},
	{"no UDP checksum", 4, func(p *frametest.Packet) { p.NoUDPSum = true }, nil, true},
	{"padding", 0, func(p *frametest.Packet) { p.Trailer = make([]byte, 30) }, nil, true},
	{"destination options", 5, func(p *frametest.Packet) { p.FirstExtension, p.Extensions = 60, []byte{17, 0, 1, 4, 0, 0, 0, 0} }, nil, true},
	{"the only fragment", 5, func(p *frametest.Packet) { p.FirstExtension, p.Extensions = 44, []byte{17, 0, 0, 0, 0, 0, 0, 7} }, nil, true},

	{"no UDP checksum", 5, func(p *frametest.Packet) { p.NoUDPSum = true }, nil, false},
	{"wrong UDP checksum", 0, nil, func(f []byte) { f[len(f)-1]++ }, false},
	{"wrong IP checksum", 4, nil, func(f []byte) { f[24]++ }, false},
	{"first fragment", 4, nil, func(f []byte) { f[20] = 0x20; sumIP(f) }, false},
	{"last fragment", 4, nil, func(f []byte) { f[21] = 9; sumIP(f) }, false},
	{"first fragment", 5, func(p *frametest.Packet) { p.FirstExtension, p.Extensions = 44, []byte{17, 0, 0, 1, 0, 0, 0, 7} }, nil, false},
	{"source route", 4, func(p *frametest.Packet) { p.Options = []byte{131, 7, 4, 192, 0, 2, 1, 0} }, nil, false},
	{"three tags", 0, nil, func(f []byte) { copy(f[12:], []byte{0x81, 0, 0, 1, 0x81, 0, 0, 2, 0x81, 0}) }, false},
	{"IP length over the frame's", 4, nil, func(f []byte) { f[16] = 5; sumIP(f) }, false},
	{"UDP length over IP's", 0, nil, func(f []byte) { f[frame.LinkLen(f)+20+4] ^= 4 }, false},
	{"cut short", 0, func(p *frametest.Packet) { p.Payload = p.Payload[:11] }, nil, false},

	{"to the broadcast MAC", 0, func(p *frametest.Packet) { p.DstMAC = [6]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff} }, nil, false},
	{"from a group's MAC", 0, func(p *frametest.Packet) { p.SrcMAC[0] |= 1 }, nil, false},
	{"to another address", 4, to("192.0.2.54:53"), nil, false},
	{"to the broadcast address", 4, to("192.0.2.255:53"), nil, false},
	{"to a group", 5, to("[ff02::1]:53"), nil, false},
	{"from the address asked", 4, from("192.0.2.53:53"), nil, false},
	{"from the address asked", 5, from("[2001:db8::53]:53"), nil, false},
	{"from broadcast", 4, from("255.255.255.255:1024"), nil, false},
	{"from a group", 4, from("224.0.0.1:1024"), nil, false},
	{"from a group", 5, from("[ff02::1]:1024"), nil, false},
	{"from nowhere", 4, from("0.0.0.0:1024"), nil, false},
	{"from loopback", 4, from("127.0.0.1:1024"), nil, false},
	{"from loopback", 5, from("[::1]:1024"), nil, false},
	{"from port 0", 0, func(p *frametest.Packet) { p.Src = netip.AddrPortFrom(p.Src.Addr(), 0) }, nil, false},
	{"a reply from port 53", 0, func(p *frametest.Packet) {
		p.Src = netip.AddrPortFrom(p.Src.Addr(), 53)
		p.Payload[2] |= 0x80
	}, nil, false},
	{"a query from port 53", 0, func(p *frametest.Packet) { p.Src = netip.AddrPortFrom(p.Src.Addr(), 53) }, nil, true},
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

// link is the client's end of the link, frame by frame.
type link struct {
	fd   int
	mac  [6]byte
	seen map[uint16]bool // ids of DNS replies that came
}

// openLink opens the client's interface vc.
func openLink(t *testing.T, client netns) *link {
	t.Helper()
	w := &link{seen: map[uint16]bool{}}
	var err error
	client.do(t, func() {
		var dev *net.Interface
		if dev, err = net.InterfaceByName("vc"); err != nil {
			return
		}
		copy(w.mac[:], dev.HardwareAddr)
		const all = unix.ETH_P_ALL << 8 // in network order
		if w.fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, all); err != nil {
			return
		}
		err = unix.Bind(w.fd, &unix.SockaddrLinklayer{Protocol: all, Ifindex: dev.Index})
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(w.fd) })
	if err := unix.SetsockoptInt(w.fd, unix.SOL_PACKET, unix.PACKET_AUXDATA, 1); err != nil {
		t.Fatal(err)
	}
	timeout := unix.NsecToTimeval(int64(200 * time.Millisecond))
	if err := unix.SetsockoptTimeval(w.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &timeout); err != nil {
		t.Fatal(err)
	}
	return w
}

// packet is a usual query with that id, over IPv4 (0) or IPv6 (1).
func (w *link) packet(t *testing.T, family int, id uint16) frametest.Packet {
	t.Helper()
	m := new(dns.Msg)
	m.SetQuestion("ns.skydns.test.", dns.TypeA)
	m.Id = id
	query, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return frametest.Packet{
		SrcMAC: w.mac, DstMAC: serverMAC, Payload: query,
		Src: netip.AddrPortFrom(clients[family], 40123), Dst: netip.AddrPortFrom(servers[family], 53),
	}
}

func (w *link) send(t *testing.T, f []byte) {
	t.Helper()
	if _, err := unix.Write(w.fd, f); err != nil {
		t.Fatalf("send a frame: %v", err)
	}
}

// ask sends a query until the frame of the reply with its id comes.
func (w *link) ask(t *testing.T, f []byte, id uint16) []byte {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		w.send(t, f)
		for {
			reply, err := w.receive()
			if err != nil {
				break
			}
			if got, ok := replyID(reply); ok {
				w.seen[got] = true
				if got == id {
					return reply
				}
			}
		}
	}
	t.Fatalf("no reply to\n%s", hex.Dump(f))
	return nil
}

// receive waits 200 ms for a frame from the other end; an empty one is none.
// The kernel has taken the outer tag off and tells it beside the frame.
func (w *link) receive() ([]byte, error) {
	buf, beside := make([]byte, 4096), make([]byte, 256)
	n, b, _, from, err := unix.Recvmsg(w.fd, buf, beside, 0)
	if err != nil {
		return nil, err
	}
	if l, ok := from.(*unix.SockaddrLinklayer); ok && l.Pkttype == unix.PACKET_OUTGOING {
		return nil, nil
	}
	messages, err := unix.ParseSocketControlMessage(beside[:b])
	if err != nil {
		return nil, err
	}
	for _, m := range messages {
		// struct tpacket_auxdata: the status is first, the tag and its type last.
		d := m.Data
		if m.Header.Type == unix.PACKET_AUXDATA && len(d) >= 20 && binary.NativeEndian.Uint32(d)&unix.TP_STATUS_VLAN_VALID != 0 {
			tag := binary.BigEndian.AppendUint16(nil, binary.NativeEndian.Uint16(d[18:]))
			tag = binary.BigEndian.AppendUint16(tag, binary.NativeEndian.Uint16(d[16:]))
			return slices.Insert(buf[:n], 12, tag...), nil
		}
	}
	return buf[:n], nil
}

// replyID is the id of the message in a frame of UDP from port 53.
func replyID(f []byte) (id uint16, ok bool) {
	if len(f) < 14 {
		return 0, false
	}
	l3 := frame.LinkLen(f)
	at := l3 + 40
	switch {
	case len(f) < l3+28:
		return 0, false
	case f[l3]>>4 == 4 && f[l3+9] == 17:
		at = l3 + int(f[l3]&15)*4
	case f[l3]>>4 != 6 || f[l3+6] != 17:
		return 0, false
	}
	if len(f) < at+10 || binary.BigEndian.Uint16(f[at:]) != 53 {
		return 0, false
	}
	return binary.BigEndian.Uint16(f[at+8:]), true
}
