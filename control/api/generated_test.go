package api

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// generator makes requests, valid and broken, of the same seed always.
type generator struct{ *rand.Rand }

func one[T any](g generator, choices ...T) T { return choices[g.IntN(len(choices))] }

func (g generator) name(domain string) string {
	return one(g, "a", "a", "a", "a", "b", "b", "c", "al", "x.a", "*.w", "sub", "A", "a."+domain, "second."+domain, domain, "x.default.svc", "www.example.com.",
		"a..b", ".", "", strings.Repeat("x", 64), strings.Repeat("y.", 130), "a/b", "\x00", "ü", `\047`, `\999`, "..", "a b", "%", "rr-0123456789abc.a", "a\n", "_http._tcp.a")
}

func (g generator) address() string {
	return one(g, "10.0.0.1", "10.0.0.2", "10.0.0.3", "::1", "2001:db8::2", "::ffff:10.0.0.1", "10.0.0.256", "", "x", "fe80::1%eth0", "010.0.0.1")
}

func (g generator) rrtype() string {
	return one(g, "A", "a", "AAAA", "cname", "CNAME", "SRV", "MX", "TXT", "NS", "PTR", "CAA", "SOA", "TYPE1", "TYPE65280", "TLSA", "HINFO", "", "ANY", "OPT", "TYPE0", "TYPE65536", "X", "DNAME", "AXFR")
}

func (g generator) rdata() string {
	return one(g, "10.0.0.1", `0 issue "ca.example"`, `\# 2 0102`, `\# 0`, `\# 5 01`, "a.", "10 mail.", `"x" "y"`, "1 2 80 a.",
		"a. b. 1 2 3 4 5", "3 1 1 0102", "x\ny", " ", "$INCLUDE /etc/passwd", `"`, `\`, "(", "a. )", `"\255"`, "cpu os")
}

// body is a JSON object with some of the fields of a change, most of the time
// those of one type.
func (g generator) body(domain string) map[string]any {
	b := map[string]any{}
	values := map[string]func() any{
		"type": func() any { return g.rrtype() }, "ips": func() any { return []string{g.address(), g.address()} },
		"ports": func() any { return []int{one(g, 0, 80, 443, 65536, -1)} }, "alias": func() any { return g.name(domain) },
		"target": func() any { return g.name(domain) }, "priority": func() any { return one(g, 0, 1, 65536) }, "weight": func() any { return g.IntN(3) },
		"mailHost": func() any { return g.name(domain) }, "mailPriority": func() any { return one(g, 0, 10, -1) },
		"text": func() any { return one(g, "", "x", "\x00", "ü", strings.Repeat("t", 300)) }, "nsHost": func() any { return g.name(domain) },
		"rdata": func() any { return g.rdata() }, "ttl": func() any { return one(g, 1, 30, 0, -1, 1<<31) },
		"update": func() any { return map[string]string{g.address(): g.address()} }, "unknown": func() any { return 1 },
	}
	for _, field := range slices.Sorted(maps.Keys(values)) {
		if value := values[field]; g.IntN(8) == 0 {
			b[field] = one(g, value(), value(), value(), value(), value(), value(), any(nil), any(g.IntN(9)), any("x"), any([]any{nil}))
		}
	}
	good := []map[string]any{
		{"type": "A", "ips": []string{"10.0.0.1", "10.0.0.2"}}, {"type": "cname", "alias": g.name(domain)}, {"type": "TXT", "text": "x"},
		{"type": "MX", "mailHost": "mail", "mailPriority": 10}, {"type": "SRV", "ips": []string{"10.0.0.1"}, "ports": []int{80}},
		{"type": "A", "update": map[string]string{"10.0.0.1": "10.0.0.3"}}, {"type": g.rrtype(), "rdata": g.rdata()}, {},
	}
	switch g.IntN(4) {
	case 0:
		return b
	case 1:
		merged := one(g, good...)
		for k, v := range b {
			merged[k] = v
		}
		return merged
	}
	return one(g, good...)
}

// text is a body as JSON, sometimes broken.
func (g generator) text(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	switch g.IntN(12) {
	case 0:
		return string(text[:g.IntN(len(text)+1)])
	case 1:
		text[g.IntN(len(text))] = byte(g.IntN(256))
	case 2:
		return one(g, "", "null", "[]", "[[]]", "{}{}", "\xff", strings.Repeat("[", 20_000), `{"type":"TXT","text":"`+strings.Repeat("x", 1<<20)+`"}`)
	}
	return string(text)
}

func (g generator) query() url.Values {
	q := url.Values{}
	values := map[string]func() string{
		"limit": func() string { return one(g, "1", "2", "0", "x", "99999999999999999999") }, "after": func() string { return g.name("test.") },
		"type": g.rrtype, "prefix": func() string { return g.name("test.") }, "user": func() string { return one(g, "ann", "bob", "") },
		"svc": func() string { return one(g, "true", "x") }, "zone": func() string { return g.name("test.") },
		"origin": func() string { return g.name("test.") }, "replace": func() string { return one(g, "true", "x") },
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if g.IntN(8) == 0 {
			q.Set(name, values[name]())
		}
	}
	return q
}

// TestGeneratedRequests sends thousands of requests and verifies that each gets
// an answer that openapi.json has: a status code of the operation, and content
// of the schema that it names.
func TestGeneratedRequests(t *testing.T) {
	f := newFixture(t)
	f.ready.Store(true)
	d := f.described()
	count := 3000
	if testing.Short() {
		count = 500
	}
	seen := map[string]int{}
	g := generator{rand.New(rand.NewPCG(1, 2))}
	for range count {
		template := one(g, allPath, onePath, onePath, onePath, onePath, "/healthz", "/readyz", "/status", "/openapi.json")
		method := one(g, "GET", "POST", "POST", "PUT", "DELETE", "PATCH")
		var body any = g.body(f.domain)
		if template == allPath {
			list := []map[string]any{}
			for range g.IntN(4) {
				change := g.body(f.domain)
				change["name"], change["method"] = g.name(f.domain), one(g, "POST", "PUT", "DELETE", "", "X")
				list = append(list, change)
			}
			body = list
		}
		if method == "PUT" && template == onePath && g.IntN(2) == 0 {
			addresses := []string{"10.0.0.1", "10.0.0.2", "10.0.0.3"}
			body = map[string]any{"type": "A", "update": map[string]string{one(g, addresses...): one(g, addresses...)}}
		}
		query := g.query()
		if g.IntN(20) > 0 {
			query.Set("token", token)
		}
		kind := one(g, "application/json", "application/json", "text/dns", "", "x/y", ";")
		f.generated(d, seen, method, template, g.name(f.domain), query.Encode(), g.text(body), kind)
	}
	for _, want := range []string{"GET 200", "POST 200", "PUT 200", "DELETE 200", "POST 400", "POST 403", "POST 404", "POST 409", "POST 413", "PUT 404", "DELETE 404", "GET 401", "PATCH 405"} {
		if seen[want] == 0 {
			t.Errorf("no request was answered %s: %v", want, seen)
		}
	}
}

// generated sends one request and checks its answer.
func (f *fixture) generated(d *described, seen map[string]int, method, template, name, query, body, kind string) {
	f.Helper()
	path := strings.ReplaceAll(template, "{name}", url.PathEscape(name))
	r, err := http.NewRequest(method, f.url+path+"?"+query, strings.NewReader(body))
	if err != nil {
		f.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if err != nil {
		f.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		f.Fatal(err)
	}
	seen[fmt.Sprint(method, " ", resp.StatusCode)]++
	if problem := d.problem(method, template, name, resp, string(text)); problem != "" {
		f.Errorf("%s %s?%s %q: %d %.200q: %s", method, path, query, body[:min(200, len(body))], resp.StatusCode, text, problem)
	}
}

// problem is what is wrong with an answer, if anything.
func (d *described) problem(method, template, name string, resp *http.Response, text string) string {
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		return err.Error()
	}
	var content any = text
	if kind == "application/json" {
		if content, err = jsonschema.UnmarshalJSON(strings.NewReader(text)); err != nil {
			return err.Error()
		}
	}
	operation, described := d.Paths[template][strings.ToLower(method)]
	elsewhere := template == onePath && slices.Contains([]string{"", ".", ".."}, name) // another path
	if !described || elsewhere {
		if !elsewhere && resp.StatusCode != 405 && resp.StatusCode != 401 {
			return "want 405"
		}
		if resp.StatusCode >= 400 && d.schema("/components/schemas/Refusal").Validate(content) != nil {
			return "no refusal"
		}
		return ""
	}
	answer, ok := operation.Responses[strconv.Itoa(resp.StatusCode)]
	if _, known := answer.Content[kind]; !ok || !known {
		return "not described"
	}
	pointer := fmt.Sprintf("/paths/%s/%s/responses/%d/content/%s/schema", escaped(template), strings.ToLower(method), resp.StatusCode, escaped(kind))
	if err := d.schema(pointer).Validate(content); err != nil {
		return err.Error()
	}
	return ""
}

// escaped is a part of a JSON pointer, in a URL.
func escaped(part string) string {
	return url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(part))
}
