package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/rs/zerolog"
)

// audited serves an interface whose log from a level on the returned buffer gets.
func audited(t *testing.T, level zerolog.Level) (*fixture, *bytes.Buffer) {
	t.Helper()
	f := newFixture(t)
	log := new(bytes.Buffer)
	o := f.options()
	o.Log = zerolog.New(log).Level(level)
	h, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	f.serve(h)
	return f, log
}

// TestAuditLine verifies that each change has one line, whatever the log's
// level, that says who made it, from where, and what it added and removed; and
// that what changes nothing has none.
func TestAuditLine(t *testing.T) {
	f, log := audited(t, zerolog.ErrorLevel)
	f.ok("POST", "n?user=ann", `{"ips":["10.0.0.1","10.0.0.2"]}`)
	f.ok("POST", "n?user=ann", `{"ips":["10.0.0.1"]}`)
	f.ok("PUT", "n?user=ann", `{"type":"A","update":{"10.0.0.2":"10.0.0.3"}}`)
	f.do("DELETE", "/skydns/api/n?user=bob", "")
	f.ok("DELETE", "n?user=ann", "")
	want := []struct {
		method      string
		add, remove []string
	}{
		{"POST", []string{"n.D. A 10.0.0.1", "n.D. A 10.0.0.2"}, nil},
		{"PUT", []string{"n.D. A 10.0.0.3"}, []string{"n.D. A 10.0.0.2"}},
		{"DELETE", nil, []string{"n.D. A 10.0.0.1", "n.D. A 10.0.0.3"}},
	}
	lines := strings.Split(strings.TrimSpace(f.short(log.String())), "\n")
	if len(lines) != len(want) {
		t.Fatalf("%d lines:\n%s", len(lines), log)
	}
	before := int64(0)
	for i, line := range lines {
		var got struct {
			Message, Level, Method, Path, User, Client string
			Revision                                   int64
			Add, Remove                                []string
			Added, Removed                             int
		}
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatal(err)
		}
		w := want[i]
		if got.Message != "records changed" || got.Level != "audit" || got.Method != w.method || got.Path != "/skydns/api/n" || got.User != "ann" || !strings.HasPrefix(got.Client, "127.0.0.1:") ||
			got.Revision <= before || fmt.Sprint(got.Add, got.Remove) != fmt.Sprint(w.add, w.remove) || got.Added != len(w.add) || got.Removed != len(w.remove) {
			t.Errorf("line %d: %s", i, line)
		}
		before = got.Revision
	}
}

// TestTokenIsNotLogged verifies that no line of the log has the token, shown in
// either way, whatever becomes of the request.
func TestTokenIsNotLogged(t *testing.T) {
	f, log := audited(t, zerolog.TraceLevel)
	f.ok("POST", "n", `{"ips":["10.0.0.1"]}`)
	for _, path := range []string{"/skydns/api/none", "/skydns/api/www.example.com.", "/nowhere", "/skydns/api?limit=x", "/skydns/api/n"} {
		f.do("GET", path, "")
		f.do("DELETE", path, "{")
	}
	o := f.options()
	o.Store, o.Log = unreachable(t), zerolog.New(log)
	s, err := newServer(o)
	if err != nil {
		t.Fatal(err)
	}
	s.timeout = 1
	f.serve(s.routes())
	f.do("GET", "/skydns/api/n", "")
	if text := log.String(); strings.Contains(text, token) || !strings.Contains(text, "request failed") {
		t.Error(text)
	}
}
