//go:build dpdk

package netio_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/ipdcode/skydns/dataplane/engine"
)

// BenchmarkDPDKTurn is the driver alone: receive, parse, reply with the query
// itself plus 16 octets, transmit. net_pcap replays 4,096 queries of 40 to 60
// octets out of memory without end and drops what is sent. The p50 over the
// turns leaves out what other work on the machine takes.
func BenchmarkDPDKTurn(b *testing.B) {
	messages := make([][]byte, 4096)
	for i := range messages {
		messages[i] = append(fmt.Appendf(nil, "query %06d", i), make([]byte, 28+rand.IntN(20))...)
	}
	port, _ := pcapPort(b, framesOf(messages), "infinite_rx=1")
	q := open(b, port)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	batch := new(engine.Batch)
	turns := make([]time.Duration, 0, 1<<20)
	for b.Loop() {
		start := time.Now()
		q.Receive(batch)
		for i := range batch.N {
			batch.Msg[i] = batch.Msg[i][:len(batch.Msg[i])+16]
		}
		q.Send(batch)
		if len(turns) < cap(turns) {
			turns = append(turns, time.Since(start))
		}
	}
	slices.Sort(turns)
	b.ReportMetric(float64(turns[len(turns)/2].Nanoseconds())/engine.BatchSize, "p50-ns/query")
	q.Close()
	for q.Receive(batch) {
		q.Send(batch)
	}
}
