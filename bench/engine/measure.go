package main

import (
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/ipdcode/skydns/bench/internal/clock"
	"github.com/ipdcode/skydns/bench/internal/zone"
	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// room is what a reply may take, and how far apart messages are: an odd
// number of cache lines, as in a driver's pool, so that they do not compete for
// the same places of the cache.
const room = 33 * 64

// result is what a query costs.
type result struct {
	ns, cycles float64 // best round
	median     float64 // round, cycles
	copying    float64 // alone, cycles
	allocs     float64
}

// bench asks the queries of a kind.
type bench struct {
	slot    *snapshot.Slot
	engine  *engine.Engine
	batch   engine.Batch
	queries [][]byte
	memory  []byte

	networks bool // each query comes from another network
}

// measure asks all queries of the kind so many times, size of them together.
func measure(slot *snapshot.Slot, k kind, size, rounds int) (result, error) {
	whole := len(k.queries) / size * size
	b := &bench{slot: slot, engine: engine.New(k.config), queries: k.queries[:whole],
		memory: make([]byte, engine.BatchSize*room)}
	b.batch.N, b.batch.Stream = size, k.stream
	b.batch.Now = uint64(time.Now().UnixMilli())
	b.prepare(k)
	b.networks = k.networks
	if err := b.check(k.want); err != nil {
		return result{}, err
	}
	var before, after runtime.MemStats
	times := make([]time.Duration, rounds)
	runtime.ReadMemStats(&before)
	for i := range times {
		times[i] = b.round(true)
	}
	runtime.ReadMemStats(&after)
	copies := make([]time.Duration, rounds)
	for i := range copies {
		copies[i] = b.round(false)
	}
	slices.Sort(times)
	each := float64(whole)
	return result{
		ns: float64(times[0].Nanoseconds()) / each, cycles: clock.Cycles(times[0]) / each,
		median:  clock.Cycles(times[rounds/2]) / each,
		copying: clock.Cycles(slices.Min(copies)) / each,
		allocs:  float64(after.Mallocs-before.Mallocs) / each / float64(rounds),
	}, nil
}

// prepare brings the engine and the queries to where the kind is measured:
// cookies are those that the engine gave, and limits are used up where nothing
// more is to be answered.
func (b *bench) prepare(k kind) {
	for i := range b.batch.Client {
		b.batch.Client[i].Lo = 0xffff << 32
	}
	b.copy(0)
	b.engine.Answer(b.slot.Enter(), &b.batch)
	if !k.cookie {
		return
	}
	reply := b.batch.Msg[0]
	cookie := append([]byte{}, reply[len(reply)-24:]...) // the last option of the last record
	for i, q := range b.queries {
		b.queries[i] = zone.WithOPT(q[:len(q)-wire.OPTLen-4-len(clientCookie)], cookieOption, cookie)
	}
}

// check asks every query once and looks at what becomes of it.
func (b *bench) check(want engine.Verdict) error {
	for at := 0; at < len(b.queries); at += b.batch.N {
		b.copy(at)
		b.engine.Answer(b.slot.Enter(), &b.batch)
		for i, got := range b.batch.Verdict[:b.batch.N] {
			if got != want {
				return fmt.Errorf("query %d: %v, want %v", at+i, got, want)
			}
		}
	}
	return nil
}

// round asks every query once and returns the thread's CPU time; without
// answers, that of copying the queries alone.
func (b *bench) round(answer bool) time.Duration {
	start := clock.Thread()
	for at := 0; at < len(b.queries); at += b.batch.N {
		b.copy(at)
		if answer {
			b.engine.Answer(b.slot.Enter(), &b.batch)
		}
	}
	return clock.Thread() - start
}

// copy makes a batch of the queries from at on.
func (b *bench) copy(at int) {
	for i, q := range b.queries[at : at+b.batch.N] {
		msg := b.memory[i*room : (i+1)*room]
		b.batch.Msg[i] = msg[:copy(msg, q)]
		if b.networks {
			b.batch.Client[i].Lo = 0xffff<<32 | uint64(at+i)<<8
		}
	}
}
