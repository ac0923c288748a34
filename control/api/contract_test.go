package api

import (
	"net/http"
	"strings"
	"testing"
)

// promise is a line of what users are promised of the REST interface: calls,
// each with what must come back.
type promise struct {
	line  string
	calls []call
}

// call is a request with the token, the code and a part of its answer. The name
// in the path and D. in the answer stand for the test's domain.
type call struct {
	method, path, body string
	code               int
	text               string
}

// TestPromises goes through what users are promised, line by line.
func TestPromises(t *testing.T) {
	one := func(name string) string { return "/skydns/api/" + name }
	const a1 = `{"type":"A","ips":["10.0.0.1"]}`
	promises := []promise{
		{"names are case-insensitive", []call{{"POST", one("CCTV2"), a1, 200, "OK"}, {"GET", one("cctv2"), "", 200, `"cctv2.D."`}}},
		{"a name without one of our domains gets the first of them", []call{{"POST", one("cctv2"), a1, 200, "OK"}, {"GET", one("cctv2.DOMAIN"), "", 200, `"cctv2.D."`}}},
		{"a name in no domain of ours: 404", []call{{"POST", one("a.example."), a1, 404, "ERR, "}, {"GET", one("a.example."), "", 404, "ERR, "}}},
		{"bodies over 1 MiB: 413", []call{{"POST", one("a"), strings.Repeat(" ", 1<<20+1), 413, "ERR, "}, {"POST", "/skydns/api", strings.Repeat(" ", 1<<20+1), 413, "ERR, "}}},
		{"bad JSON, bad address, unknown type, unknown field: 400", []call{
			{"POST", one("a"), "{", 400, "ERR, "}, {"POST", one("a"), `{"ips":["10.0.0"]}`, 400, "ERR, "},
			{"POST", one("a"), `{"type":"AX"}`, 400, "ERR, "}, {"POST", one("a"), `{"ip":"10.0.0.1"}`, 400, "ERR, "}}},
		{"another user may not change it: 403", []call{
			{"POST", one("a") + "?user=ann", a1, 200, "OK"}, {"POST", one("a") + "?user=bob", a1, 403, "ERR, "}, {"PUT", one("a") + "?user=bob", `{"update":{"10.0.0.1":"10.0.0.2"}}`, 403, "ERR, "},
			{"DELETE", one("a") + "?user=bob", "", 403, "ERR, "}, {"DELETE", one("a"), "", 403, "ERR, "}, {"GET", one("a") + "?user=bob", "", 200, `"user":"ann"`}}},
		{"every failure has changed nothing", []call{{"POST", one("a"), `{"ips":["10.0.0.1","bad"]}`, 400, "ERR, "}, {"GET", one("a"), "", 404, "ERR, "}}},
		{"POST: A, and AAAA likewise", []call{{"POST", one("a"), a1, 200, "OK"}, {"POST", one("a"), `{"type":"AAAA","ips":["2001:db8::1"]}`, 200, "OK"}, {"GET", one("a"), "", 200, `"type":"AAAA"`}}},
		{"POST: by the address's family", []call{{"POST", one("a"), `{"ips":["10.0.0.1","2001:db8::1"]}`, 200, "OK"}, {"GET", one("a"), "", 200, `"type":"AAAA"`}}},
		{"POST: cname makes tv1 an alias of NAME", []call{{"POST", one("a"), `{"type":"cname","alias":"tv1"}`, 200, "OK"}, {"GET", one("tv1"), "", 200, `"target":"a.D."`}}},
		{"POST: SRV with ips and ports", []call{{"POST", one("a"), `{"type":"SRV","ips":["10.0.0.1"],"ports":[80]}`, 200, "OK"}, {"GET", one("a"), "", 200, `"0 0 80 rr-`}}},
		{"POST: SRV with target, priority, weight", []call{{"POST", one("a"), `{"type":"SRV","target":"b","ports":[80],"priority":1,"weight":2}`, 200, "OK"}, {"GET", one("a"), "", 200, `"1 2 80 b.D."`}}},
		{"POST: MX", []call{{"POST", one("a"), `{"type":"MX","mailHost":"mail","mailPriority":5}`, 200, "OK"}, {"GET", one("a"), "", 200, `"5 mail.D."`}}},
		{"POST: TXT", []call{{"POST", one("a"), `{"type":"TXT","text":"hello"}`, 200, "OK"}, {"GET", one("a"), "", 200, `hello`}}},
		{"POST: NS", []call{{"POST", one("a"), `{"type":"NS","nsHost":"ns1"}`, 200, "OK"}, {"GET", one("a"), "", 200, `"ns1.D."`}}},
		{"POST: PTR", []call{{"POST", one("a"), `{"type":"PTR","target":"host.example"}`, 200, "OK"}, {"GET", one("a"), "", 200, `"host.example."`}}},
		{"POST: every other type by rdata", []call{{"POST", one("a"), `{"type":"CAA","rdata":"0 issue \"ca.example\""}`, 200, "OK"}, {"POST", one("a"), `{"type":"TYPE65280","rdata":"\\# 1 ff"}`, 200, "OK"}, {"GET", one("a"), "", 200, `\\# 1 ff`}}},
		{"ttl everywhere, 30 if absent", []call{{"POST", one("a"), `{"type":"TXT","text":"x","ttl":60}`, 200, "OK"}, {"GET", one("a"), "", 200, `"ttl":60`}}},
		{"PUT changes one", []call{{"POST", one("a"), a1, 200, "OK"}, {"PUT", one("a"), `{"type":"A","update":{"10.0.0.1":"10.0.0.2"}}`, 200, "OK"}, {"GET", one("a"), "", 200, `["10.0.0.2"]`}}},
		{"PUT: cname likewise", []call{{"POST", one("a"), `{"type":"cname","alias":"b"}`, 200, "OK"}, {"PUT", one("a"), `{"type":"cname","update":{"b":"c"}}`, 200, "OK"}, {"GET", one("c"), "", 200, `"target":"a.D."`}, {"GET", one("b"), "", 404, ""}}},
		{"DELETE removes all", []call{{"POST", one("a"), a1, 200, "OK"}, {"POST", one("a"), `{"type":"TXT","text":"x"}`, 200, "OK"}, {"DELETE", one("a"), "", 200, "OK"}, {"GET", one("a"), "", 404, ""}}},
		{"DELETE removes those of a type", []call{{"POST", one("a"), a1, 200, "OK"}, {"POST", one("a"), `{"type":"TXT","text":"x"}`, 200, "OK"}, {"DELETE", one("a"), `{"type":"TXT"}`, 200, "OK"}, {"GET", one("a"), "", 200, `{"a.D.":{"type":"A","ips":["10.0.0.1"]}}`}}},
		{"DELETE removes the addresses named in ips", []call{{"POST", one("a"), `{"ips":["10.0.0.1","10.0.0.2"]}`, 200, "OK"}, {"DELETE", one("a"), `{"ips":["10.0.0.2"]}`, 200, "OK"}, {"GET", one("a"), "", 200, `["10.0.0.1"]`}}},
		{"GET NAME", []call{{"POST", one("a") + "?user=ann", a1, 200, "OK"}, {"GET", one("a"), "", 200, `{"a.D.":{"type":"A","ips":["10.0.0.1"],"user":"ann"}}`}}},
		{"GET, paged, filtered and sorted by name", []call{
			{"POST", one("b"), a1, 200, "OK"}, {"POST", one("a"), a1, 200, "OK"}, {"POST", one("c"), `{"type":"TXT","text":"x"}`, 200, "OK"},
			{"GET", "/skydns/api?limit=1", "", 200, `{"a.D.":{"type":"A","ips":["10.0.0.1"]}}`}, {"GET", "/skydns/api?limit=1&after=a", "", 200, `{"b.D.":`},
			{"GET", "/skydns/api?type=TXT", "", 200, `{"c.D.":`}, {"GET", "/skydns/api?prefix=b", "", 200, `{"b.D.":`}}},
		{"POST of a list, all or nothing", []call{
			{"POST", "/skydns/api", `[{"name":"a","ips":["10.0.0.1"]},{"name":"b","ips":["bad"]}]`, 400, "ERR, "}, {"GET", one("a"), "", 404, ""},
			{"POST", "/skydns/api", `[{"name":"a","ips":["10.0.0.1"]},{"name":"b","ips":["10.0.0.2"]}]`, 200, "OK"}, {"GET", one("b"), "", 200, "10.0.0.2"}}},
		{"names under svc. are refused", []call{{"POST", one("x.default.svc"), a1, 403, "ERR, can not ops k8s svc"}, {"DELETE", one("svc"), "", 403, "ERR, can not ops k8s svc"}}},
		{"GET /openapi.json", []call{{"GET", "/openapi.json", "", 200, `"openapi": "3.1.0"`}}},
	}
	for _, p := range promises {
		t.Run(p.line, func(t *testing.T) {
			f := newFixture(t)
			for _, c := range p.calls {
				code, text := f.do(c.method, strings.ReplaceAll(c.path, "DOMAIN", f.domain), c.body)
				if code != c.code || !strings.Contains(f.short(text), c.text) {
					t.Errorf("%s %s %.100s: %d %s, want %d %s", c.method, c.path, c.body, code, f.short(text), c.code, c.text)
				}
			}
		})
	}
}

// TestTokenEverywhere verifies that every method of every path wants the token,
// but for health, readiness and metrics.
func TestTokenEverywhere(t *testing.T) {
	f := newFixture(t)
	f.ready.Store(true)
	s, err := newServer(f.options())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range s.table() {
		open := r.path == "/healthz" || r.path == "/readyz" || r.path == "/metrics"
		for _, query := range []string{"", "?token=", "?token=" + token + "x", "?Token=" + token} {
			code, text := f.send(r.method, strings.ReplaceAll(r.path, "{name}", "a")+query, "", nil)
			if want := http.StatusUnauthorized; open && code != http.StatusOK || !open && (code != want || text != "ERR, token is missing or wrong") {
				t.Errorf("%s %s%s: %d %s", r.method, r.path, query, code, text)
			}
		}
	}
}
