package publish

import (
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/control/store"
)

// benchNames is how many names the table and the snapshot have.
var benchNames = flag.Int("names", 100_000, "names that the benchmarks have")

// benchEvents are records of ours with one address each.
func benchEvents(b *testing.B, round int) []store.Event {
	b.Helper()
	list := make([]store.Event, *benchNames)
	for i := range list {
		key, value, err := record.New(parse(b, fmt.Sprintf("service-%07d.namespace%03d.skydns.local", i, i%1000)),
			record.Message{Type: "A", Host: fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255), TTL: uint32(round)})
		if err != nil {
			b.Fatal(err)
		}
		list[i] = store.Event{Key: key, Value: value}
	}
	return list
}

// BenchmarkChanges is the cost of a changed record, from the watch to the
// snapshot, in batches of 128, and that of the batch in the middle: what else
// works on the core does not show there. What changes 100 times a second finds
// its cache used by others: cold is what it then costs.
func BenchmarkChanges(b *testing.B) {
	b.Run("warm", func(b *testing.B) { benchChanges(b, nil) })
	b.Run("cold", func(b *testing.B) { benchChanges(b, make([]byte, 96<<20)) })
}

// benchChanges writes to all of others between the batches.
func benchChanges(b *testing.B, others []byte) {
	f := newFixture(b, b.TempDir())
	f.report.log, f.Publisher.Log = zerolog.Nop(), zerolog.Nop()
	rounds := [][]store.Event{benchEvents(b, 30), benchEvents(b, 31)}
	f.take(store.Batch{Kind: store.SyncBegin, Count: int64(*benchNames)})
	f.take(store.Batch{Kind: store.SyncItems, Events: rounds[0]})
	f.take(store.Batch{Kind: store.SyncEnd})
	b.ReportAllocs()
	const each = 128
	n := *benchNames / each
	var took []time.Duration
	for b.Loop() {
		i := len(took)
		at, round := i%n*each, 1-i/n%2
		for i := 0; i < len(others); i += 64 {
			others[i]++
		}
		start := time.Now()
		f.take(store.Batch{Kind: store.Changes, Received: start, Events: rounds[round][at : at+each]})
		took = append(took, time.Since(start))
		f.tick()
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/each, "p50-ns/record")
}

// BenchmarkList is the cost of a complete list that changes nothing.
func BenchmarkList(b *testing.B) {
	f := newFixture(b, b.TempDir())
	f.report.log, f.Publisher.Log = zerolog.Nop(), zerolog.Nop()
	events := benchEvents(b, 30)
	n := 0
	for b.Loop() {
		f.take(store.Batch{Kind: store.SyncBegin, Count: int64(*benchNames)})
		f.take(store.Batch{Kind: store.SyncItems, Events: events})
		f.take(store.Batch{Kind: store.SyncEnd})
		n += *benchNames
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/record")
}
