package configs

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/rs/zerolog"
)

// TestErrors verifies that the last error lines of a log are kept, and no other
// ones.
func TestErrors(t *testing.T) {
	log, out, err := OpenLog(Log{Level: Level(zerolog.InfoLevel)}, "test")
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if lines := out.Errors(); len(lines) != 0 {
		t.Errorf("at the start: %s", lines)
	}
	log.Warn().Msg("a warning")
	for range keptErrors + 3 {
		log.Error().Err(errors.New("why")).Msg("what failed")
	}
	log.Error().Msg("the last")
	lines := out.Errors()
	if len(lines) != keptErrors || !strings.Contains(string(lines[0]), "what failed") || !strings.Contains(string(lines[keptErrors-1]), "the last") {
		t.Errorf("%d lines: %s", len(lines), lines)
	}
	if _, err := json.Marshal(lines); err != nil {
		t.Error(err)
	}
}
