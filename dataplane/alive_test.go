package main

import (
	"strings"
	"testing"

	"github.com/ipdcode/skydns/dataplane/stats"
	"github.com/ipdcode/skydns/dataplane/worker"
)

// TestAllTurn verifies that a loop that stands still is found, and which it is.
func TestAllTurn(t *testing.T) {
	workers := []*worker.Worker{{Core: 1, Counters: new(stats.Core)}, {Core: 3, Counters: new(stats.Core)}}
	now := uint64(1_800_000_000_000)
	for _, w := range workers {
		w.Counters.Beat(now)
	}
	if err := allTurn(workers, now+5_000); err != nil {
		t.Error(err)
	}
	workers[0].Counters.Beat(now + 12_000)
	if err := allTurn(workers, now+12_000); err == nil || !strings.Contains(err.Error(), "core 3") {
		t.Errorf("error %v, want one that names core 3", err)
	}
	workers[1].Core = worker.AnyCore
	if err := allTurn(workers, now+12_000); err == nil || !strings.Contains(err.Error(), "TCP") {
		t.Errorf("error %v, want one that names TCP", err)
	}
}
