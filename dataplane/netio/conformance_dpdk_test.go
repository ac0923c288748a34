//go:build dpdk

package netio_test

import (
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/ipdcode/skydns/dataplane/frame"
	"github.com/ipdcode/skydns/dataplane/frame/frametest"
	"github.com/ipdcode/skydns/dataplane/netio"
)

func init() {
	drivers = append(drivers, driver{"dpdk", startDPDK})
}

// startDPDK serves the queries from one capture and finds the replies in another.
func startDPDK(t *testing.T, queries [][]byte) (netio.Queue, func(int) [][]byte) {
	port, sent := pcapPort(t, framesOf(queries), "")
	return open(t, port), func(n int) [][]byte {
		t.Helper()
		got := await(t, sent, n)
		for i := range got {
			got[i] = messageTo(t, client, got[i])
		}
		return got
	}
}

// client is who frametest's queries come from.
var client = frametest.Query(server, nil).Src

// await reads a capture that grows until it has n frames.
func await(t *testing.T, path string, n int) [][]byte {
	t.Helper()
	var frames [][]byte
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		frames, _ = frametest.ReadPcap(file) // the last may be half written
		file.Close()
		if len(frames) >= n {
			return frames[:n]
		}
	}
	t.Fatalf("%d frames were sent, want %d", len(frames), n)
	return nil
}

// messageTo is the message of a frame to a client, whose headers it verifies.
func messageTo(t *testing.T, to netip.AddrPort, f []byte) []byte {
	t.Helper()
	l, err := frame.NewLocal([]netip.Addr{to.Addr()}, to.Port())
	if err != nil {
		t.Fatal(err)
	}
	found, v := l.Parse(f, 0)
	if v != frame.Query {
		t.Fatalf("sent a frame that is %v to the client: %x", v, f)
	}
	return f[found.Start:found.End]
}
