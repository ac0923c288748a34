package store

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// TestClockJump verifies that age and the repeated line of a loss go by a clock
// of their own, which no correction of the time of day moves.
func TestClockJump(t *testing.T) {
	log := new(bytes.Buffer)
	now := time.Duration(0)
	s := &Store{log: zerolog.New(log), up: func() time.Duration { return now }}
	if age := s.age(); age != -1 {
		t.Errorf("age before the first word: %v", age)
	}
	s.lost(errors.New("never there"))
	if !strings.Contains(log.String(), "never there") {
		t.Error("the first loss has no line")
	}
	s.heard(7)
	now += time.Minute
	if age := s.age(); age < time.Minute-time.Second || age > time.Minute {
		t.Errorf("age a minute later: %v", age)
	}
	log.Reset()
	for _, step := range []struct {
		after time.Duration
		lines int
	}{{0, 1}, {repeatLog, 1}, {time.Second, 2}, {time.Second, 2}, {repeatLog, 3}} {
		now += step.after
		s.lost(errors.New("gone"))
		if lines := strings.Count(log.String(), "etcd is not followed"); lines != step.lines {
			t.Errorf("at %v: %d lines, want %d", now, lines, step.lines)
		}
	}
}

// TestTimeOfStoreIsMonotonic verifies that a store's clock has no time of day.
func TestTimeOfStoreIsMonotonic(t *testing.T) {
	s, err := Open(t.Context(), Config{Endpoints: []string{"http://127.0.0.1:1"}, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if before := s.up(); before < 0 || s.up() < before || before > time.Hour {
		t.Errorf("up for %v", before)
	}
}
