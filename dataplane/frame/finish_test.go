package frame

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"testing"

	"github.com/ipdcode/skydns/dataplane/frame/frametest"
)

// TestFinish verifies that a checksum that Linux left to the device becomes
// the right one, and that no other frame changes.
func TestFinish(t *testing.T) {
	for _, server := range []netip.AddrPort{server4, server6} {
		for _, proto := range []byte{protoUDP, protoTCP} {
			for n := range 64 {
				p := frametest.Query(server, payload(12+n))
				p.VLAN = uint16(n % 2)
				f := frametest.Build(p)
				right := asProto(f, proto)
				unfinished := bytes.Clone(right)
				at := len(f) - len(p.Payload) - 8
				off := at + sumInUDP
				if proto == protoTCP {
					off = at + sumInTCP
				}
				binary.BigEndian.PutUint16(unfinished[off:], pseudoOf(p, proto, len(f)-at))
				Finish(unfinished)
				if !bytes.Equal(unfinished, right) {
					t.Fatalf("%v, protocol %d, %d octets:\n%x\nwant\n%x", server, proto, n, unfinished, right)
				}
				Finish(right)
				if !bytes.Equal(unfinished, right) {
					t.Fatalf("%v, protocol %d: a right checksum changes", server, proto)
				}
			}
		}
	}
}

// asProto makes of a UDP frame one of the protocol, with a right checksum.
func asProto(f []byte, proto byte) []byte {
	f = bytes.Clone(f)
	l3 := LinkLen(f)
	at, off, source := l3+20, l3+20+sumInUDP, f[l3+12:l3+20]
	if f[l3]>>4 == 4 {
		f[l3+9] = proto
	} else {
		f[l3+6] = proto
		at, off, source = l3+40, l3+40+sumInUDP, f[l3+8:l3+40]
	}
	if proto == protoTCP {
		off = at + sumInTCP
	}
	f[off], f[off+1] = 0, 0
	pseudo := binary.BigEndian.AppendUint16(append(bytes.Clone(source), 0, proto), uint16(len(f)-at))
	sum := ^frametest.Sum(append(pseudo, f[at:]...))
	if sum == 0 && proto == protoUDP {
		sum = 0xffff
	}
	binary.BigEndian.PutUint16(f[off:], sum)
	return f
}

// pseudoOf is the sum of the pseudo-header of n octets.
func pseudoOf(p frametest.Packet, proto byte, n int) uint16 {
	pseudo := append(p.Src.Addr().AsSlice(), p.Dst.Addr().AsSlice()...)
	return frametest.Sum(binary.BigEndian.AppendUint16(append(pseudo, 0, proto), uint16(n)))
}

// FuzzFinish verifies that no frame is read or written outside, and that
// nothing but the two octets of a checksum changes.
func FuzzFinish(f *testing.F) {
	f.Add(frametest.Build(frametest.Query(server4, []byte("message"))))
	f.Add(frametest.Build(frametest.Query(server6, []byte("message"))))
	f.Fuzz(func(t *testing.T, in []byte) {
		got := append(make([]byte, 0, len(in)), in...)
		Finish(got)
		changed := 0
		for i := range in {
			if in[i] != got[i] {
				changed++
			}
		}
		if changed > 2 {
			t.Errorf("%d octets changed", changed)
		}
	})
}
