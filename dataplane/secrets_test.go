package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/stats"
)

// TestMissingCookieSecretsAreCounted verifies that a snapshot without secrets of
// DNS cookies, or whose secrets cannot be read, is counted each second and told
// once, and only where clients are to have cookies.
func TestMissingCookieSecretsAreCounted(t *testing.T) {
	dir := t.TempDir()
	r := snapshot.OpenReader(dir)
	t.Cleanup(func() { r.Close() })
	log := new(strings.Builder)
	s := &secretsWatch{reader: r, counters: new(stats.Snapshot), log: zerolog.New(log)}
	s.wanted.Store(true)
	looks := func(when string, n int, counted uint64) {
		t.Helper()
		for range n {
			s.look()
		}
		if got := s.counters.NoSecrets(); got != counted {
			t.Errorf("%s: %d counted, want %d", when, got, counted)
		}
	}
	looks("without a snapshot", 1, 0)
	w, err := snapshot.OpenWriter(snapshot.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	if err := w.BeginSync(0); err != nil {
		t.Fatal(err)
	}
	if _, err := w.EndSync(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Refresh(); err != nil {
		t.Fatal(err)
	}
	looks("without secrets", 2*secretsAfter, 2*secretsAfter)
	if n := strings.Count(log.String(), "get no DNS cookies"); n != 1 {
		t.Errorf("%d lines: %s", n, log)
	}
	if err := w.SetCookieSecrets(snapshot.CookieSecrets{Sign: [2]uint64{1, 2}}); err != nil {
		t.Fatal(err)
	}
	looks("with secrets", 1, 2*secretsAfter)
	if err := os.Truncate(filepath.Join(dir, "root"), 0); err != nil {
		t.Fatal(err)
	}
	looks("with a short file", 1, 2*secretsAfter+1)
	s.wanted.Store(false)
	looks("where nobody wants cookies", 1, 2*secretsAfter+1)
}
