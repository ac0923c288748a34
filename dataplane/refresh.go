package main

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/stats"
)

// refreshEvery is how soon a new generation is seen. Changes within one are
// seen at once. A look costs next to nothing, but to wake up some 10 µs.
const refreshEvery = 2 * time.Millisecond

// keepFresh follows the snapshot from generation to generation, and keeps the
// clock that poll loops read without a call, until ctx ends.
func keepFresh(ctx context.Context, r *snapshot.Reader, counters *stats.Snapshot, clock *atomic.Uint64, secrets *secretsWatch, log zerolog.Logger) {
	tick, second := time.NewTicker(refreshEvery), time.NewTicker(secretsEvery)
	defer tick.Stop()
	defer second.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			setClock(clock)
			refresh(r, counters, log)
		case <-second.C:
			secrets.look()
		}
	}
}

// setClock sets the clock to the present time.
func setClock(clock *atomic.Uint64) { clock.Store(uint64(time.Now().UnixMilli())) }

// refresh takes over the current generation if it is a new one. The reader
// returns each error once, and goes on with the last good generation.
func refresh(r *snapshot.Reader, counters *stats.Snapshot, log zerolog.Logger) {
	changed, err := r.Refresh()
	if err != nil {
		counters.CountError()
		log.Error().Err(err).Msg("snapshot refused: going on with the last good one; restart control if this stays")
	}
	if changed {
		counters.CountChange()
		dir, _ := r.Dir()
		log.Info().Str("dir", dir).Msg("snapshot: new generation")
	}
}
