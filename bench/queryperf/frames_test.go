package main

import (
	"bytes"
	"net"
	"net/netip"
	"testing"

	"github.com/ipdcode/skydns/dataplane/frame"
	"github.com/ipdcode/skydns/dataplane/frame/frametest"
)

// TestFrames verifies that frames of queries are right, by what the data plane
// finds in them, and that the answers are found in its frames.
func TestFrames(t *testing.T) {
	from, to := net.HardwareAddr{2, 0, 0, 0, 0, 9}, net.HardwareAddr{2, 0, 0, 0, 0, 1}
	for name, c := range map[string]struct {
		server  string
		clients []string
	}{
		"IPv4": {"192.0.2.1:53", []string{"198.18.0.1", "198.18.0.2", "203.0.113.7"}},
		"IPv6": {"[2001:db8::1]:53", []string{"2001:db8::77", "2001:db8:1::2"}},
	} {
		t.Run(name, func(t *testing.T) {
			server := netip.MustParseAddrPort(c.server)
			var clients []netip.Addr
			for _, s := range c.clients {
				clients = append(clients, netip.MustParseAddr(s))
			}
			const ports = 3
			f, err := newFrames(server, clients, ports, from, to)
			if err != nil {
				t.Fatal(err)
			}
			local, err := frame.NewLocal([]netip.Addr{server.Addr()}, server.Port())
			if err != nil {
				t.Fatal(err)
			}
			for flow := range len(clients) * ports {
				for length := 12; length < 40; length++ {
					query := bytes.Repeat([]byte{0xa5}, length)
					b := make([]byte, 2048)
					n := f.build(b, flow, 0x1234, query)
					found, v := local.Parse(b[:n], 0)
					if v != frame.Query || !bytes.Equal(b[found.Start+2:found.End], query[2:]) || b[found.Start] != 0x12 {
						t.Fatalf("the data plane finds %v in %x", v, b[:n])
					}
					n = frame.Reply(b[:n+16], length+16, 0)
					got, msg, ours := f.find(append(b[:n:n], 0, 0)) // padded
					if !ours || got != flow || len(msg) != length+16 {
						t.Fatalf("flow %d: found %v of flow %d: %x", flow, ours, got, msg)
					}
					b[n-1] ^= 1
					if _, msg, ours := f.find(b[:n]); !ours || msg != nil {
						t.Fatal("a wrong checksum is not found")
					}
				}
			}
		})
	}
}

// TestFramesOfOthers verifies that what is no answer to us is left alone.
func TestFramesOfOthers(t *testing.T) {
	server := netip.MustParseAddrPort("192.0.2.1:53")
	f, err := newFrames(server, []netip.Addr{netip.MustParseAddr("198.18.0.1")}, 1, make([]byte, 6), make([]byte, 6))
	if err != nil {
		t.Fatal(err)
	}
	us := netip.MustParseAddrPort("198.18.0.1:2048")
	for name, p := range map[string]frametest.Packet{
		"another client":      {Src: server, Dst: netip.MustParseAddrPort("198.18.0.2:2048")},
		"another port":        {Src: server, Dst: netip.MustParseAddrPort("198.18.0.1:2049")},
		"another server":      {Src: netip.MustParseAddrPort("192.0.2.2:53"), Dst: us},
		"another of its port": {Src: netip.MustParseAddrPort("192.0.2.1:54"), Dst: us},
		"another family":      {Src: netip.MustParseAddrPort("[::2]:53"), Dst: netip.MustParseAddrPort("[::1]:2048")},
	} {
		t.Run(name, func(t *testing.T) {
			p.Payload = make([]byte, 20)
			if _, _, ours := f.find(frametest.Build(p)); ours {
				t.Error("taken for ours")
			}
		})
	}
	if _, err := newFrames(server, []netip.Addr{netip.MustParseAddr("::1")}, 1, nil, nil); err == nil {
		t.Error("a client of another family is taken")
	}
}

// FuzzFind wants that no frame makes it panic or read beyond.
func FuzzFind(f *testing.F) {
	server := netip.MustParseAddrPort("192.0.2.1:53")
	fr, err := newFrames(server, []netip.Addr{netip.MustParseAddr("198.18.0.1")}, 1, make([]byte, 6), make([]byte, 6))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(frametest.Build(frametest.Packet{Src: server, Dst: netip.MustParseAddrPort("198.18.0.1:2048"), Payload: make([]byte, 20)}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, msg, _ := fr.find(b); len(msg) > len(b) {
			t.Fatal("more than there is")
		}
	})
}
