//go:build dpdk

package netio_test

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/cgo/dpdk"
	"github.com/ipdcode/skydns/dataplane/frame/frametest"
	"github.com/ipdcode/skydns/dataplane/netio"
)

// server is who the queries of these tests are for.
var server = netip.MustParseAddrPort("198.51.100.53:53")

// startEAL starts EAL once for the tests of this process, in huge pages if
// there are some free, and without files, so that it disturbs nobody.
var startEAL = sync.OnceValue(func() error {
	memory := []string{"--in-memory", "-m", "256"}
	if freeHugePages() < 128 {
		memory = []string{"--no-huge", "--no-shconf", "-m", "512"}
	}
	_, err := dpdk.Init(append(memory, "--no-pci", "--lcores", "0@"+firstCore()))
	return err
})

// freeHugePages is how many huge pages of 2 MB nobody uses.
func freeHugePages() (pages int) {
	free, _ := os.ReadFile("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages")
	fmt.Sscan(string(free), &pages)
	return pages
}

// firstCore is a core that this process may use.
func firstCore() string {
	status, _ := os.ReadFile("/proc/self/status")
	_, list, _ := strings.Cut(string(status), "Cpus_allowed_list:")
	list = strings.TrimSpace(strings.SplitN(list, "\n", 2)[0])
	return list[:len(list)-len(strings.TrimLeft(list, "0123456789"))]
}

// devices numbers the virtual devices of this process.
var devices atomic.Int32

// pcapPort adds a port that receives the frames of one capture and writes
// what it transmits to another. It returns its name and that other's path.
// options are net_pcap's.
func pcapPort(tb testing.TB, frames [][]byte, options string) (name, sent string) {
	tb.Helper()
	if err := startEAL(); err != nil {
		tb.Fatal(err)
	}
	dir := tb.TempDir()
	received := filepath.Join(dir, "received.pcap")
	file, err := os.Create(received)
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	if err := frametest.WritePcap(file, frames); err != nil {
		tb.Fatal(err)
	}
	name, sent = fmt.Sprintf("net_pcap%d", devices.Add(1)), filepath.Join(dir, "sent.pcap")
	args := name + ",rx_pcap=" + received
	if options != "" {
		args += "," + options
	} else {
		args += ",tx_pcap=" + sent
	}
	if err := dpdk.Attach(args); err != nil {
		tb.Fatal(err)
	}
	return name, sent
}

// open opens one queue of a port.
func open(tb testing.TB, port string) *netio.DPDKQueue {
	tb.Helper()
	queues, err := netio.OpenDPDK(netio.DPDKConfig{
		Port: port, Queues: 1, Addresses: []netip.Addr{server.Addr()}, UDPPort: server.Port(), Log: zerolog.Nop(),
	})
	if err != nil {
		tb.Fatal(err)
	}
	return queues[0].(*netio.DPDKQueue)
}

// framesOf makes a frame to the server of each message.
func framesOf(messages [][]byte) [][]byte {
	frames := make([][]byte, len(messages))
	for i, m := range messages {
		frames[i] = frametest.Build(frametest.Query(server, m))
	}
	return frames
}
