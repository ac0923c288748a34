//go:build dpdk

package netio_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/ipdcode/skydns/dataplane/frame/frametest"
)

// TestDPDKFlood verifies that every query is answered, asked once, while many
// times as many frames arrive that are the kernel's, and that each of these went
// to it or was counted.
func TestDPDKFlood(t *testing.T) {
	const queries, surplus = 40, 300 // more than the ring to the kernel has room for
	server, client, stop := exceptionNode(t, "exception = \"tap\"\n[Stats]\nstatsServer = \""+statsAddr+"\"\n")
	w := openLink(t, client)
	w.ask(t, frametest.Build(w.packet(t, 0, 1)), 1) // until all is up
	other := w.packet(t, 0, 0)
	other.Dst = netip.AddrPortFrom(servers[0], 54)
	notDNS := frametest.Build(other)
	for id := range uint16(queries) {
		id += 2
		for range surplus {
			w.send(t, notDNS)
		}
		w.send(t, frametest.Build(w.packet(t, int(id%2), id)))
		for end := time.Now().Add(patience); w.reply(id) == nil; {
			if time.Now().After(end) {
				t.Fatalf("query %d is not answered", id)
			}
		}
	}
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) { // the ring empties
		carried, lost := toKernel(t, server), nodeDrops(t, server)["exception"]
		if carried+lost >= queries*surplus {
			t.Logf("%d to the kernel, %d dropped", carried, lost)
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%d frames went to the kernel and %d were dropped, %d were sent", carried, lost, queries*surplus)
		}
	}
	stop()
}
