package frame

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"unsafe"

	"github.com/ipdcode/skydns/dataplane/frame/frametest"
)

// buffers is frames in memory as a driver has it: much more room than octets.
type buffers struct {
	frames               [][]byte
	data                 []unsafe.Pointer
	length, room, size16 []uint16
}

func newBuffers(n int) *buffers {
	b := &buffers{length: make([]uint16, n), room: make([]uint16, n), size16: make([]uint16, n)}
	arena := make([]byte, n*benchStride)
	for i := range n {
		b.frames = append(b.frames, arena[i*benchStride:][:0:benchStride])
		b.data = append(b.data, unsafe.Pointer(unsafe.SliceData(b.frames[i])))
	}
	return b
}

// set puts frame f into buffer i, behind it noise.
func (b *buffers) set(i int, f []byte) {
	whole := b.frames[i][:cap(b.frames[i])]
	for k := range whole[:400] {
		whole[k] = byte(rand.Uint32())
	}
	b.frames[i] = whole[:copy(whole, f)]
	b.length[i], b.room[i] = uint16(len(f)), uint16(len(whole))
}

// payload is n octets of noise.
func payload(n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(rand.Uint32())
	}
	return p
}

// usualPacket is a query of n octets from any client.
func usualPacket(n int) frametest.Packet {
	p := frametest.Query(server4, payload(n))
	p.Src = netip.AddrPortFrom(netip.AddrFrom4([4]byte{byte(1 + rand.IntN(126)), byte(rand.Uint32()), byte(rand.Uint32()), byte(rand.Uint32())}), uint16(256+rand.IntN(65280)))
	if rand.IntN(3) == 0 {
		p.Trailer = payload(rand.IntN(20))
	}
	return p
}

// usualLocal is server4 before another address of ours.
func usualLocal(tb testing.TB) *Local {
	tb.Helper()
	l, err := NewLocal([]netip.Addr{server4.Addr(), netip.MustParseAddr("10.0.0.1")}, server4.Port())
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

// needUsual skips where ParseUsual takes nothing.
func needUsual(tb testing.TB) {
	tb.Helper()
	if !hasAVX2 {
		tb.Skip("this processor has no AVX2")
	}
}

// TestParseUsualTakesUsual verifies that every frame of the usual shape is
// taken, at every length, and none that is longer or has little room.
func TestParseUsualTakesUsual(t *testing.T) {
	needUsual(t)
	l, b := usualLocal(t), newBuffers(120)
	for i := range b.frames {
		b.set(i, frametest.Build(usualPacket(i)))
	}
	b.room[50] = 137
	l.ParseUsual(b.data, b.length, b.room, b.size16)
	for i, size := range b.size16 {
		want := i
		if i < 17 || i > UsualMost || i == 50 {
			want = 0
		}
		if int(size) != want && i >= 17 {
			t.Errorf("message of %d octets: taken as %d", i, size)
		}
	}
}

// TestParseUsualTakesNoOther verifies that what ParseUsual takes Parse takes
// too, whichever octet of the frame is another, whoever it claims to be from,
// and whether other machines' MACs are refused or not.
func TestParseUsualTakesNoOther(t *testing.T) {
	needUsual(t)
	l, b := usualLocal(t), newBuffers(64)
	for round := range 3000 {
		if round == 2000 {
			l.OnlyTo(usualPacket(12).DstMAC)
		}
		for i := range b.frames {
			p := usualPacket(12 + rand.IntN(90))
			switch rand.IntN(8) {
			case 0:
				p.Src = netip.AddrPortFrom(netip.MustParseAddr("10.0.0.1"), p.Src.Port())
			case 1:
				p.Src = netip.AddrPortFrom(p.Src.Addr(), uint16(rand.IntN(300)))
			}
			f := frametest.Build(p)
			f[rand.IntN(min(len(f), 60))] = byte(rand.Uint32() << rand.IntN(2))
			if round%3 == 0 {
				f = f[:rand.IntN(len(f))]
			}
			b.set(i, f)
		}
		l.ParseUsual(b.data, b.length, b.room, b.size16)
		for i, f := range b.frames {
			found, v := l.Parse(f, 0)
			if size := int(b.size16[i]); size != 0 && (v != Query || found.Start != UsualStart || found.End != UsualStart+size) {
				t.Fatalf("taken as %d octets; Parse says %v %+v:\n%s", size, v, found, hex.Dump(f))
			}
		}
	}
}

// TestReplyUsualIsReply verifies that both make the same octets of a frame.
func TestReplyUsualIsReply(t *testing.T) {
	needUsual(t)
	l, b := usualLocal(t), newBuffers(UsualMost)
	for range 300 {
		reply := make([]uint16, len(b.frames))
		for i := range b.frames {
			b.set(i, frametest.Build(usualPacket(17+rand.IntN(80))))
			reply[i] = uint16(rand.IntN(UsualMost + 1))
		}
		l.ParseUsual(b.data, b.length, b.room, b.size16)
		want := make([][]byte, len(b.frames))
		for i, f := range b.frames {
			if b.size16[i] == 0 {
				t.Fatalf("not taken:\n%s", hex.Dump(f))
			}
			if n := int(reply[i]); n > 0 {
				want[i] = bytes.Clone(f[:UsualStart+n])
				Reply(want[i], n, 0)
			}
		}
		ReplyUsual(b.data, reply, b.length)
		for i, f := range b.frames {
			if want[i] != nil && !bytes.Equal(f[:b.length[i]], want[i]) {
				t.Fatalf("reply\n%swant\n%s", hex.Dump(f[:b.length[i]]), hex.Dump(want[i]))
			}
		}
	}
}

// TestReplyUsualNeverZero verifies that a checksum that comes to zero is sent
// as ffff.
func TestReplyUsualNeverZero(t *testing.T) {
	needUsual(t)
	l, b := usualLocal(t), newBuffers(1)
	for sum := range 1 << 16 {
		p := usualPacket(30)
		p.Payload[0], p.Payload[1] = byte(sum>>8), byte(sum)
		b.set(0, frametest.Build(p))
		l.ParseUsual(b.data, b.length, b.room, b.size16)
		ReplyUsual(b.data, b.size16, b.length)
		if b.frames[0][40] == 0 && b.frames[0][41] == 0 {
			t.Fatalf("checksum 0:\n%s", hex.Dump(b.frames[0]))
		}
	}
}

// BenchmarkUsual is both steps as in BenchmarkParseReply.
func BenchmarkUsual(b *testing.B) {
	needUsual(b)
	l, bufs := usualLocal(b), newBuffers(benchFrames)
	queries := make([][]byte, benchFrames)
	for i := range queries {
		queries[i] = frametest.Build(frametest.Query(server4, payload(30+rand.IntN(32))))
		bufs.set(i, queries[i])
	}
	restore := func() {
		for i, q := range queries {
			copy(bufs.frames[i], q)
			bufs.length[i] = uint16(len(q))
		}
	}
	parse := func() { l.ParseUsual(bufs.data, bufs.length, bufs.room, bufs.size16) }
	b.Run("ParseUsual, two addresses", func(b *testing.B) { measure(b, restore, parse) })
	l.v4 = l.v4[:1]
	b.Run("ParseUsual", func(b *testing.B) { measure(b, restore, parse) })
	b.Run("ReplyUsual", func(b *testing.B) {
		measure(b, func() {
			restore()
			parse()
			for i := range bufs.size16 {
				bufs.size16[i] += 16
			}
		}, func() { ReplyUsual(bufs.data, bufs.size16, bufs.length) })
	})
	if bufs.length[0] == 0 {
		b.Fatal(fmt.Sprint("no reply: ", bufs.length))
	}
}

// TestParseUsualRefusesSources verifies that a frame that claims to be from a
// group's MAC, from the address that it asks, from another one of ours, or
// from a service that answers everything, is not taken.
func TestParseUsualRefusesSources(t *testing.T) {
	needUsual(t)
	l, b := usualLocal(t), newBuffers(5)
	p := usualPacket(40)
	b.set(0, frametest.Build(p))
	p.SrcMAC[0] |= 1
	b.set(1, frametest.Build(p))
	p.SrcMAC[0] = 2
	for i, src := range []string{server4.String(), "10.0.0.1:40123", "192.0.2.77:7"} {
		p.Src = netip.MustParseAddrPort(src)
		b.set(2+i, frametest.Build(p))
	}
	l.ParseUsual(b.data, b.length, b.room, b.size16)
	if got := [5]uint16(b.size16); got != [5]uint16{40} {
		t.Errorf("taken as %v octets, want 40 and then 0", got)
	}
}

// TestOnlyTo verifies that a frame to another machine's MAC is refused on both
// ways where that is wanted, and one to ours is not.
func TestOnlyTo(t *testing.T) {
	l, b := usualLocal(t), newBuffers(2)
	p := usualPacket(40)
	l.OnlyTo(p.DstMAC)
	b.set(0, frametest.Build(p))
	p.DstMAC[5]++
	b.set(1, frametest.Build(p))
	l.ParseUsual(b.data, b.length, b.room, b.size16)
	if got := [2]uint16(b.size16); hasAVX2 && got != [2]uint16{40, 0} {
		t.Errorf("taken as %v octets, want 40 and 0", got)
	}
	for i, want := range []Verdict{Query, NotOurs} {
		if _, v := l.Parse(b.frames[i], 0); v != want {
			t.Errorf("frame %d: verdict %v, want %v", i, v, want)
		}
	}
}
