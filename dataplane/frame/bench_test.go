package frame

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/ipdcode/skydns/dataplane/frame/frametest"
)

// BenchmarkParseReply is both steps on batches of 64 frames in the cache: a
// query of 48 octets of message, a reply of 64, all checksums computed.
// Nothing is between the steps, so the replies' contents are the queries'. The
// p50 over the batches leaves out what other work on the machine takes.
func BenchmarkParseReply(b *testing.B) {
	for _, c := range []struct {
		name   string
		server netip.AddrPort
	}{{"IPv4", server4}, {"IPv6", server6}} {
		query := frametest.Build(frametest.Query(c.server, make([]byte, 48)))
		var frames [64][]byte
		for i := range frames {
			frames[i] = make([]byte, 256)
		}
		l := local(b)
		refill := func() {
			for i := range frames {
				copy(frames[i][:64], query)
			}
		}
		parse := func() {
			for i := range frames {
				if _, v := l.Parse(frames[i][:len(query)], 0); v != Query {
					b.Fatal(v)
				}
			}
		}
		reply := func() {
			for i := range frames {
				Reply(frames[i], 64, 0)
			}
		}
		b.Run(c.name+"/Parse", func(b *testing.B) { measure(b, refill, parse) })
		b.Run(c.name+"/Reply", func(b *testing.B) { measure(b, refill, reply) })
	}
}

// measure reports the median time of step for one of its 64 frames.
func measure(b *testing.B, before, step func()) {
	turns := make([]time.Duration, 0, 1<<20)
	for b.Loop() {
		before()
		start := time.Now()
		step()
		if len(turns) < cap(turns) {
			turns = append(turns, time.Since(start))
		}
	}
	slices.Sort(turns)
	b.ReportMetric(float64(turns[len(turns)/2].Nanoseconds())/64, "p50-ns/frame")
}
