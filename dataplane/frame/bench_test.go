package frame

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/ipdcode/skydns/dataplane/frame/frametest"
)

const (
	benchFrames = 64   // a batch
	benchStride = 2432 // from frame to frame, as in a DPDK pool
)

// BenchmarkParseReply is each step on batches of 64 frames in the cache:
// queries of 30 to 61 octets, replies 16 octets longer, all checksums
// computed. The p50 over the batches leaves out what other work on the machine
// takes.
func BenchmarkParseReply(b *testing.B) {
	for _, c := range []struct {
		name   string
		server netip.AddrPort
	}{{"IPv4", server4}, {"IPv6", server6}} {
		l, err := NewLocal([]netip.Addr{c.server.Addr()}, c.server.Port())
		if err != nil {
			b.Fatal(err)
		}
		arena := make([]byte, benchFrames*benchStride)
		var queries, frames [benchFrames][]byte
		for i := range frames {
			queries[i] = frametest.Build(frametest.Query(c.server, make([]byte, 30+rand.IntN(32))))
			frames[i] = arena[i*benchStride:][:len(queries[i])]
		}
		restore := func() {
			for i := range frames {
				copy(frames[i], queries[i])
			}
		}
		b.Run(c.name+"/Parse", func(b *testing.B) {
			measure(b, restore, func() {
				for i := range frames {
					if _, v := l.Parse(frames[i], 0); v != Query {
						b.Fatal(v)
					}
				}
			})
		})
		headers := len(frametest.Build(frametest.Query(c.server, nil)))
		b.Run(c.name+"/Reply", func(b *testing.B) {
			measure(b, restore, func() {
				for i := range frames {
					n := len(frames[i]) + 16
					Reply(frames[i][:n], n-headers, 0)
				}
			})
		})
	}
}

// measure reports the median time that step takes for one frame of its batch.
func measure(b *testing.B, before, step func()) {
	turns := make([]time.Duration, 0, 1<<20)
	b.ReportAllocs()
	for b.Loop() {
		before()
		start := time.Now()
		step()
		if len(turns) < cap(turns) {
			turns = append(turns, time.Since(start))
		}
	}
	slices.Sort(turns)
	b.ReportMetric(float64(turns[len(turns)/2].Nanoseconds())/benchFrames, "p50-ns/frame")
}
