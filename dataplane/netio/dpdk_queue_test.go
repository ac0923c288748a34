//go:build dpdk

package netio_test

import (
	"bytes"
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/cgo/dpdk"
	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/frame"
	"github.com/ipdcode/skydns/dataplane/frame/frametest"
	"github.com/ipdcode/skydns/dataplane/netio"
)

// attach adds a device to this process and returns the name of its port.
func attach(t *testing.T, driver string) string {
	t.Helper()
	if err := startEAL(); err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprint(driver, devices.Add(1))
	if err := dpdk.Attach(name); err != nil {
		t.Fatal(err)
	}
	return name
}

// drain ends a queue as its owner does.
func drain(t *testing.T, q netio.Queue) {
	t.Helper()
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	for b := new(engine.Batch); q.Receive(b); {
		q.Send(b)
	}
}

// TestDPDKCountsFrames verifies that frames that are no queries to us are
// dropped, each counted for what it is, and do not get in the way of those that are.
func TestDPDKCountsFrames(t *testing.T) {
	good := frametest.Query(server, []byte("query 1"))
	build := func(change func(p *frametest.Packet)) []byte {
		p := good
		change(&p)
		return frametest.Build(p)
	}
	corrupt := frametest.Build(good)
	corrupt[len(corrupt)-1]++
	arp := frametest.Build(good)
	copy(arp[12:], []byte{8, 6})
	frames := [][]byte{
		arp, corrupt, frametest.Build(good), make([]byte, 14), arp,
		build(func(p *frametest.Packet) { p.Dst = netip.MustParseAddrPort("198.51.100.54:53") }),
		build(func(p *frametest.Packet) { p.Dst = netip.AddrPortFrom(server.Addr(), 54) }),
		build(func(p *frametest.Packet) { p.Src = netip.AddrPortFrom(p.Src.Addr(), 0) }),
		build(func(p *frametest.Packet) { p.VLAN, p.Payload = 7, []byte("query 2") }),
		build(func(p *frametest.Packet) { p.Payload = make([]byte, 1900) }),
	}
	port, sent := pcapPort(t, frames, "")
	q := open(t, port)
	stop := serve(t, q, echo, nil)
	for i, f := range await(t, sent, 2) {
		want := echo(fmt.Appendf(nil, "query %d", i+1))
		if got := messageTo(t, client, f); !bytes.Equal(got, want) {
			t.Errorf("reply %d is %q, want %q", i, got, want)
		}
	}
	stop()
	for reason, want := range map[netio.DropReason]uint64{
		netio.DropVerdict(frame.NotIP): 2, netio.DropVerdict(frame.BadChecksum): 1, netio.DropVerdict(frame.BadLength): 1,
		netio.DropVerdict(frame.NotOurs): 1, netio.DropVerdict(frame.NotDNS): 1, netio.DropVerdict(frame.BadSource): 1,
		netio.DropOversize: 1, netio.DropSend: 0,
	} {
		if got := q.Drops().Load(reason); got != want {
			t.Errorf("dropped %d for %s, want %d", got, reason, want)
		}
	}
}

// TestDPDKRing verifies the driver on net_ring, whose port receives what it
// transmits: the test puts queries into the ring and takes the replies out.
func TestDPDKRing(t *testing.T) {
	qs := queries(engine.BatchSize)
	source, _ := pcapPort(t, framesOf(qs), "")
	ring := attach(t, "net_ring")
	q := open(t, ring)
	from, err := dpdk.FindPort(source)
	if err != nil {
		t.Fatal(err)
	}
	ringPort, err := dpdk.FindPort(ring)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := from.Start(dpdk.Setup{Queues: 1, Ring: 1024, Buffers: 1023}); err != nil {
		t.Fatal(err)
	}
	burst, err := from.NewBurst()
	if err != nil {
		t.Fatal(err)
	}
	if n := burst.Receive(from, 0); n != len(qs) {
		t.Fatalf("%d frames in the capture, want %d", n, len(qs))
	}
	burst.Transmit(ringPort, 0, 0)

	b := new(engine.Batch)
	if q.Receive(b); b.N != len(qs) {
		t.Fatalf("a batch of %d, want %d", b.N, len(qs))
	}
	for i := range b.N {
		b.Msg[i] = echo(b.Msg[i])
	}
	q.Send(b)

	if n := burst.Receive(ringPort, 0); n != len(qs) {
		t.Fatalf("%d replies, want %d", n, len(qs))
	}
	for i := range qs {
		if got, want := messageTo(t, client, burst.Frame(i)), echo(bytes.Clone(qs[i])); !bytes.Equal(got, want) {
			t.Errorf("reply %d is %q, want %q", i, got, want)
		}
	}
	burst.Free()
	drain(t, q)
	if err := from.Close(1); err != nil {
		t.Error(err)
	}
}

// TestDPDKNull verifies the driver on net_null with several queues: what it
// receives without end is counted, and never becomes a batch.
func TestDPDKNull(t *testing.T) {
	queues, err := netio.OpenDPDK(netio.DPDKConfig{
		Port: attach(t, "net_null"), Queues: 2, Addresses: []netip.Addr{server.Addr()}, UDPPort: 53, Log: zerolog.Nop(), Buffers: 4095,
	})
	if err != nil {
		t.Fatal(err)
	}
	b := new(engine.Batch)
	for _, q := range queues {
		const turns = 1000 // more frames than the pool has
		for range turns {
			if q.Receive(b); b.N != 0 {
				t.Fatalf("a batch of %d", b.N)
			}
		}
		if got := q.Drops().Load(netio.DropVerdict(frame.NotIP)); got != turns*engine.BatchSize {
			t.Errorf("%d frames counted, want %d", got, turns*engine.BatchSize)
		}
	}
	for _, q := range queues {
		drain(t, q)
	}
}

// TestDPDKSendDrops verifies that replies which the device does not take are
// freed and counted: net_ring's ring of 1,024 is full before the test's frames are.
func TestDPDKSendDrops(t *testing.T) {
	port, _ := pcapPort(t, framesOf(queries(engine.BatchSize)), "infinite_rx=1")
	ring := attach(t, "net_ring")
	q := open(t, ring)
	from, err := dpdk.FindPort(port)
	if err != nil {
		t.Fatal(err)
	}
	to, err := dpdk.FindPort(ring)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := from.Start(dpdk.Setup{Queues: 1, Ring: 1024, Buffers: 4095}); err != nil {
		t.Fatal(err)
	}
	burst, err := from.NewBurst()
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(patience); burst.Unsent() == 0; {
		if time.Now().After(end) {
			t.Fatal("the ring takes everything")
		}
		burst.Receive(from, 0)
		burst.Transmit(to, 0, 0)
	}
	b := new(engine.Batch)
	q.Receive(b)
	burst.Receive(from, 0)
	burst.Transmit(to, 0, 0) // takes the places of those that q holds
	q.Send(b)
	if got := q.Drops().Load(netio.DropSend); got != engine.BatchSize {
		t.Errorf("%d replies dropped, want %d", got, engine.BatchSize)
	}
	burst.Free()
	drain(t, q)
	if err := from.Close(1); err != nil {
		t.Error(err)
	}
}

// TestDPDKSaysNoLcore verifies that a queue whose thread finds no lcore left says
// so, and works.
func TestDPDKSaysNoLcore(t *testing.T) {
	port, _ := pcapPort(t, framesOf(queries(1)), "")
	release, registered := make(chan struct{}), make(chan error)
	defer close(release)
	for err := error(nil); err == nil; err = <-registered {
		go func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			err := dpdk.RegisterThread()
			registered <- err
			<-release
			if err == nil {
				dpdk.UnregisterThread()
			}
		}()
	}
	var log bytes.Buffer
	queues, err := netio.OpenDPDK(netio.DPDKConfig{
		Port: port, Queues: 1, Addresses: []netip.Addr{server.Addr()}, UDPPort: server.Port(), Log: zerolog.New(&log),
	})
	if err != nil {
		t.Fatal(err)
	}
	b := new(engine.Batch)
	if queues[0].Receive(b); b.N != 1 || !strings.Contains(log.String(), "--lcores") {
		t.Errorf("a batch of %d; log: %s", b.N, &log)
	}
	queues[0].Send(b)
	drain(t, queues[0])
}
