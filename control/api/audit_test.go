package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/configs"
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

// TestTokenIsNotLogged verifies that no line of the log has a token, right or
// wrong, shown in either way, whatever becomes of the request; nor has one of
// net/http's own lines about the connection.
func TestTokenIsNotLogged(t *testing.T) {
	f, log := audited(t, zerolog.TraceLevel)
	const wrong = "987654321"
	paths := []string{"/skydns/api/none", "/skydns/api/www.example.com.", "/nowhere", "/skydns/api?limit=x", "/skydns/api/n", "/status?a;b"}
	ask := func() {
		t.Helper()
		for _, shown := range []string{token, wrong} {
			for _, path := range paths {
				sep := "?"
				if strings.Contains(path, "?") {
					sep = "&"
				}
				for _, method := range []string{"GET", "POST", "PUT", "DELETE"} {
					f.send(method, path+sep+"token="+shown, "{", nil)
					f.send(method, path, "{", http.Header{"Authorization": {"Bearer " + shown}})
				}
			}
		}
	}
	f.ok("POST", "n", `{"ips":["10.0.0.1"]}`)
	ask()
	o := f.options()
	o.Store, o.Log = unreachable(t), zerolog.New(log)
	s, err := newServer(o)
	if err != nil {
		t.Fatal(err)
	}
	s.timeout = 1
	listener, err := Listen(configs.SkydnsApi{Address: "127.0.0.1:0"}, o.Log)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() {
		routes := s.routes()
		served <- s.over(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			routes.ServeHTTP(w, r)
			w.WriteHeader(http.StatusTeapot) // which net/http complains of
		})).Serve(ctx, listener)
	}()
	f.url = "http://" + listener.Addr().String()
	ask()
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
	text := log.String()
	if strings.Contains(text, token) || strings.Contains(text, wrong) {
		t.Error(text)
	}
	for _, want := range []string{"request failed", "superfluous"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the log:\n%s", want, text)
		}
	}
}
