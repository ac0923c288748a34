//go:build dpdk

package main

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/bench/internal/zone"
	"github.com/ipdcode/skydns/cgo/dpdk"
	"github.com/ipdcode/skydns/dataplane/frame/frametest"
	"github.com/ipdcode/skydns/dataplane/netio"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// buffers is the frames in a port's pool: net_pcap keeps the whole capture in
// it, and copies each frame into another.
const buffers = 1<<16 + 1<<14 - 1

// server is who the queries are for.
var server = netip.MustParseAddrPort("198.51.100.53:53")

// writeCapture writes a capture of queries for names drawn from n, each from
// another port of the client's. Where there are fewer names than queries, it goes
// on from the first that was drawn.
func writeCapture(dir string, n, queries int) (path string, err error) {
	drawn := zone.Draw(n, queries)
	frames := make([][]byte, queries)
	for i := range frames {
		p := frametest.Query(server, zone.Query(uint16(i), zone.Name(drawn[i%len(drawn)]), wire.TypeA))
		p.Src = netip.AddrPortFrom(p.Src.Addr(), uint16(1024+i%60000))
		frames[i] = frametest.Build(p)
	}
	path = filepath.Join(dir, fmt.Sprintf("%d.pcap", n))
	file, err := os.Create(path)
	if err != nil {
		return "", err
	}
	return path, errors.Join(frametest.WritePcap(file, frames), file.Close())
}

// device is the arguments of the net_pcap device with a number.
func device(number int32, capture string) string {
	return fmt.Sprintf("net_pcap%d,rx_pcap=%s,infinite_rx=1", number, capture)
}

var devices atomic.Int32

// attach makes a device that replays the capture.
func attach(capture string) (dpdk.Port, error) {
	number := devices.Add(1)
	if err := dpdk.Attach(device(number, capture)); err != nil {
		return 0, err
	}
	return dpdk.FindPort(fmt.Sprintf("net_pcap%d", number))
}

// openQueue opens one queue of a new port that replays the capture.
func openQueue(capture string) (netio.Queue, error) {
	port, err := attach(capture)
	if err != nil {
		return nil, err
	}
	queues, err := netio.OpenDPDK(netio.DPDKConfig{
		Port: strconv.Itoa(int(port)), Queues: 1, Addresses: []netip.Addr{server.Addr()},
		UDPPort: server.Port(), Buffers: buffers, Log: zerolog.Nop(),
	})
	if err != nil {
		return nil, err
	}
	return queues[0], nil
}
