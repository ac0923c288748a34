package main

import (
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/stats"
)

// secretsEvery is how often it is looked whether there are secrets of DNS
// cookies, and secretsAfter after how many times in a row without the log says
// so: control has them soon after it has published a fresh snapshot.
const (
	secretsEvery = time.Second
	secretsAfter = 30
)

// secretsWatch finds that clients get no DNS cookies although they should.
type secretsWatch struct {
	wanted   atomic.Bool // cookies of [Answers]
	reader   *snapshot.Reader
	counters *stats.Snapshot
	log      zerolog.Logger
	misses   int // in a row
}

// look counts a second without secrets. It is called as the reader's Refresh is.
func (s *secretsWatch) look() {
	err := s.reader.CheckSecrets()
	if err == nil || !s.wanted.Load() {
		s.misses = 0
		return
	}
	s.counters.CountNoSecrets()
	if s.misses++; s.misses == secretsAfter {
		s.log.Warn().Err(err).Msg("clients get no DNS cookies, and all count as unproven: see control's log for why it keeps no secrets")
	}
}
