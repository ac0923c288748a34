//go:build dpdk

package netio_test

import (
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

// link is the client's end of the link, frame by frame.
type link struct {
	fd   int
	mac  [6]byte
	seen map[uint16]bool // ids of DNS replies that came

	strays []string // IP datagrams that came and are neither such replies nor of neighbour discovery
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
		if reply := w.reply(id); reply != nil {
			return reply
		}
	}
	t.Fatalf("no reply to\n%s", hex.Dump(f))
	return nil
}

// reply is the frame of the reply with that id, which may have to come yet; nil
// if nothing at all came for 200 ms.
func (w *link) reply(id uint16) []byte {
	for {
		f, err := w.receive()
		if err != nil {
			return nil
		}
		got, ok := replyID(f)
		switch {
		case ok && got == id:
			w.seen[got] = true
			return f
		case ok:
			w.seen[got] = true
		case isStray(f):
			w.strays = append(w.strays, hex.EncodeToString(f))
		}
	}
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

// isStray reports whether a frame is an IP datagram other than those by which a
// kernel finds neighbours, routers and groups (ICMPv6 of types 130 to 143).
func isStray(f []byte) bool {
	if len(f) < 14+40 {
		return false
	}
	l3 := frame.LinkLen(f)
	switch f[l3] >> 4 {
	case 4:
		return f[l3-2] == 8 && f[l3-1] == 0
	case 6:
		next, at := f[l3+6], l3+40
		if next == 0 && len(f) > at+8 { // router alert, of multicast listener reports
			next, at = f[at], at+8
		}
		return f[l3-2] == 0x86 && (next != 58 || len(f) <= at || f[at] < 130 || f[at] > 143)
	}
	return false
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
