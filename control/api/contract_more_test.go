package api

import (
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
)

// bearer is the header that shows a token.
func bearer(token string) http.Header {
	return http.Header{"Authorization": {"Bearer " + token}}
}

// TestPromisesBesideCalls goes through what users are promised of the REST
// interface and calls with the token alone do not show, line by line.
func TestPromisesBesideCalls(t *testing.T) {
	const one = "/skydns/api/a"
	for _, p := range []struct {
		line string
		keep func(*testing.T, *fixture)
	}{
		{"authorisation: ?token=… or Authorization: Bearer …", func(t *testing.T, f *fixture) {
			expect(t, f, "POST", one+"?token="+token, `{"ips":["10.0.0.1"]}`, nil, 200, "OK")
			expect(t, f, "GET", one, "", bearer(token), 200, "10.0.0.1")
		}},
		{"compared in constant time", func(t *testing.T, f *fixture) {
			source, err := os.ReadFile("auth.go")
			if err != nil || !strings.Contains(string(source), "subtle.ConstantTimeCompare(got[:], want[:])") {
				t.Errorf("tokens are compared in another way: %v", err)
			}
			for n := range len(token) {
				expect(t, f, "GET", "/skydns/api", "", bearer(token[:n]), 401, "ERR, ")
			}
		}},
		{"wrong or missing: 401", func(t *testing.T, f *fixture) {
			for _, header := range []http.Header{nil, {}, bearer("wrong"), bearer(""), {"Authorization": {"Basic " + token}}} {
				expect(t, f, "GET", "/skydns/api", "", header, 401, "ERR, token is missing or wrong")
			}
		}},
		{"success of a change: 200 and the text OK", func(t *testing.T, f *fixture) {
			if code, text := f.do("POST", one, `{"ips":["10.0.0.1"]}`); code != 200 || text != "OK" {
				t.Errorf("%d %q", code, text)
			}
		}},
		{"two people changing one name at once: both changes or a 409", func(t *testing.T, f *fixture) {
			_, err := f.interrupted(add, "a", &body{IPs: []string{"10.0.0.1"}}, func() { f.ok("POST", "a", `{"ips":["10.0.0.2"]}`) })
			if got := f.get(one); err != nil || !strings.Contains(got, `["10.0.0.1","10.0.0.2"]`) {
				t.Errorf("%v, %s", err, got)
			}
			checked := func(q *request, t *tx) error {
				if err := add(q, t); err != nil {
					return err
				}
				return q.names.consistent(t.names[string(q.name)])
			}
			_, err = f.interrupted(checked, "b", &body{IPs: []string{"10.0.0.1"}}, func() { f.ok("POST", "b", `{"type":"cname","target":"a"}`) })
			if refused, ok := err.(failure); !ok || refused.code != http.StatusConflict {
				t.Errorf("%v", err)
			}
		}},
		{"a change is one etcd transaction", func(t *testing.T, f *fixture) {
			f.ok("POST", "a", `{"ips":["10.0.0.1","10.0.0.2"]}`)
			if revisions := f.revisions(f.base()); len(revisions) != 1 || !slices.Equal(revisions, f.revisions(f.monitor)) {
				t.Errorf("records of revisions %v, status keys of %v", revisions, f.revisions(f.monitor))
			}
		}},
		{"POST of a master file with Content-Type: text/dns imports a zone", func(t *testing.T, f *fixture) {
			if code, text := f.importZone("", f.zoneText("D. 60 SOA ns.D. host.D. 1 2 3 4 5", "D. 60 NS ns.D.", "a.D. 60 A 10.0.0.1")); code != 200 || text != "OK" {
				t.Errorf("%d %s", code, text)
			}
			expect(t, f, "GET", one, "", bearer(token), 200, `{"a.D.":{"type":"A","ips":["10.0.0.1"],"ttl":60}}`)
		}},
		{"GET /healthz, /readyz, /metrics: no token", func(t *testing.T, f *fixture) {
			expect(t, f, "GET", "/healthz", "", nil, 200, "OK")
			expect(t, f, "GET", "/readyz", "", nil, 503, "ERR, not ready: the first complete synchronisation")
			f.ready.Store(true)
			expect(t, f, "GET", "/readyz", "", nil, 200, "OK")
			expect(t, f, "GET", "/metrics", "", nil, 200, "# TYPE skydns_api_requests_total counter")
		}},
	} {
		t.Run(p.line, func(t *testing.T) { p.keep(t, newFixture(t)) })
	}
}

// expect sends a request with no token but what path and header show.
func expect(t *testing.T, f *fixture, method, path, body string, header http.Header, code int, text string) {
	t.Helper()
	if got, answer := f.send(method, path, body, header); got != code || !strings.Contains(f.short(answer), text) {
		t.Errorf("%s %s: %d %s, want %d %s", method, path, got, f.short(answer), code, text)
	}
}

// revisions are those in which the keys with a prefix were changed last, each
// once.
func (f *fixture) revisions(prefix string) []int64 {
	f.Helper()
	page, err := etcd.Range(f.Context(), prefix, prefix+"\xff", 0, 0)
	if err != nil {
		f.Fatal(err)
	}
	var list []int64
	for _, kv := range page.KVs {
		if !slices.Contains(list, kv.ModRevision) {
			list = append(list, kv.ModRevision)
		}
	}
	return list
}
