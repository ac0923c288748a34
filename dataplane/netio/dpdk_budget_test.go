//go:build dpdk

package netio_test

import (
	"bytes"
	"net/netip"
	"testing"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/frame"
	"github.com/ipdcode/skydns/dataplane/frame/frametest"
	"github.com/ipdcode/skydns/dataplane/netio"
)

// budget is how many frames go to the kernel and come from it in a turn.
const budget = 16

// openWith opens one queue of a port with an exception port's rings.
func openWith(t *testing.T, port string) (*netio.DPDKQueue, *netio.Exceptions) {
	t.Helper()
	e := netio.NewExceptions(1)
	queues, err := netio.OpenDPDK(netio.DPDKConfig{
		Port: port, Queues: 1, Addresses: []netip.Addr{server.Addr()}, UDPPort: server.Port(), Log: zerolog.Nop(), Exceptions: e,
	})
	if err != nil {
		t.Fatal(err)
	}
	return queues[0].(*netio.DPDKQueue), e
}

// TestDPDKPuntsWithinBudget verifies that of a burst of frames for the kernel
// only the first ones of a turn get there, as they came, that the others are
// counted, and that a broken frame never does.
func TestDPDKPuntsWithinBudget(t *testing.T) {
	var frames [][]byte
	for i := range engine.BatchSize {
		p := frametest.Query(server, []byte{byte(i)})
		p.Dst = netip.AddrPortFrom(server.Addr(), 54)
		frames = append(frames, frametest.Build(p))
	}
	frames[3][len(frames[3])-1]++ // the kernel's to judge: it is not DNS
	broken := frametest.Build(frametest.Query(server, []byte("broken")))
	broken[len(broken)-1]++
	frames[5] = broken
	port, _ := pcapPort(t, frames, "")
	q, e := openWith(t, port)
	b := new(engine.Batch)
	if q.Receive(b); b.N != 0 {
		t.Fatalf("a batch of %d", b.N)
	}
	ring := e.ToKernel[0]
	if ring.Len() != budget {
		t.Fatalf("%d frames for the kernel, want %d", ring.Len(), budget)
	}
	want := append(append([][]byte{}, frames[:5]...), frames[6:]...)
	for i := range budget {
		if !bytes.Equal(ring.Frame(), want[i]) {
			t.Errorf("frame %d is %x, want %x", i, ring.Frame(), want[i])
		}
		ring.Take()
	}
	for reason, n := range map[netio.DropReason]uint64{
		netio.DropException: engine.BatchSize - 1 - budget, netio.DropVerdict(frame.BadChecksum): 1, netio.DropVerdict(frame.NotDNS): 0,
	} {
		if got := q.Drops().Load(reason); got != n {
			t.Errorf("dropped %d for %s, want %d", got, reason, n)
		}
	}
	drain(t, q)
}

// TestDPDKSendsForKernel verifies that what the kernel sends goes out as it
// is, a few frames a turn.
func TestDPDKSendsForKernel(t *testing.T) {
	port, sent := pcapPort(t, [][]byte{make([]byte, 60)}, "")
	q, e := openWith(t, port)
	var frames [][]byte
	for i := range 2*budget + 1 {
		f := bytes.Repeat([]byte{byte(i + 1)}, 14+i*40)
		e.FromKernel.Put(copy(e.FromKernel.Space(), f))
		frames = append(frames, f)
	}
	b := new(engine.Batch)
	for turn, left := range []int{budget + 1, 1, 0} {
		q.Receive(b)
		if e.FromKernel.Len() != left {
			t.Fatalf("turn %d: %d frames left, want %d", turn, e.FromKernel.Len(), left)
		}
	}
	for i, f := range await(t, sent, len(frames)) {
		if !bytes.Equal(f, frames[i]) {
			t.Errorf("frame %d is %x, want %x", i, f, frames[i])
		}
	}
	if got, _ := e.FromKernel.Carried(); got != uint64(len(frames)) {
		t.Errorf("%d frames counted, want %d", got, len(frames))
	}
	drain(t, q)
}
