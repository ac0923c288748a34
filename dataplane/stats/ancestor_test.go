package stats_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/netio"
	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/stats"
	"github.com/ipdcode/skydns/dataplane/wire"
)

const token = "@skydns.com"

func wireName(t *testing.T, s string) []byte {
	t.Helper()
	n, err := wire.ParseName(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// reader is a snapshot of zone example. with records of several types.
func reader(t *testing.T) *snapshot.Reader {
	t.Helper()
	dir := t.TempDir()
	w, err := snapshot.OpenWriter(snapshot.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	soa := append(append(wireName(t, "ns.example."), wireName(t, "host.example.")...), make([]byte, 20)...)
	err = w.BeginSync(2)
	_, err1 := w.Put(wireName(t, "example."), []snapshot.RRset{{Type: wire.TypeSOA, TTL: 60, Data: [][]byte{soa}}})
	_, err2 := w.Put(wireName(t, "www.example."), []snapshot.RRset{
		{Type: wire.TypeA, TTL: 30, Data: [][]byte{{192, 0, 2, 1}, {192, 0, 2, 2}}},
		{Type: wire.TypeMX, TTL: 60, Data: [][]byte{append([]byte{0, 10}, wireName(t, "mail.example.")...)}},
		{Type: wire.TypeTXT, TTL: 60, Data: [][]byte{[]byte("\x03a\"b\x01\x07")}},
		{Type: wire.TypeSRV, TTL: 60, Data: [][]byte{append([]byte{0, 1, 0, 2, 0, 80}, wireName(t, "www.example.")...)}},
		{Type: 257, TTL: 60, Data: [][]byte{{0, 5}}},
	})
	_, err3 := w.EndSync()
	if err := errors.Join(err, err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	if err := w.SetHealth(netip.MustParseAddr("192.0.2.2"), false); err != nil {
		t.Fatal(err)
	}
	r := snapshot.OpenReader(dir)
	t.Cleanup(func() { r.Close() })
	if _, err := r.Refresh(); err != nil {
		t.Fatal(err)
	}
	return r
}

// serve runs a server with one core that has answered some queries, and
// returns its URL.
func serve(t *testing.T, tok string, r *snapshot.Reader) string {
	t.Helper()
	core := new(stats.Core)
	ask := func(name string, v engine.Verdict) {
		b := &engine.Batch{N: 1, Now: 1_800_000_000_000}
		b.Msg[0] = append([]byte{0, 1, 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0}, wireName(t, name)...)
		b.Verdict[0] = v
		core.Begin(1)
		core.CountBatch(b)
		core.End(1)
	}
	for range 3 {
		ask("www.example.", engine.Answered)
	}
	ask("www.example.", engine.NoData)
	ask("none.example.", engine.NXDomain)
	ask("big.example.", engine.Truncated)
	slot, err := r.NewSlot()
	if err != nil {
		t.Fatal(err)
	}
	s, err := stats.NewServer(stats.Config{
		Addr: "127.0.0.1:0", Token: func() string { return tok }, Snapshot: new(stats.Snapshot), Slot: slot,
		Sources: []stats.Source{{Core: 0, Counters: core, Drops: new(netio.Drops)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve()
	t.Cleanup(func() { s.Close() })
	return "http://" + s.Addr().String()
}

// call makes a call and returns the code and the body.
func call(t *testing.T, method, url, body string, header ...string) (int, string) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if len(header) == 2 {
		req.Header.Set(header[0], header[1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, strings.TrimSpace(string(text))
}

// TestCalls verifies the ancestor's calls: code, and what the answer holds.
func TestCalls(t *testing.T) {
	url := serve(t, token, reader(t))
	for _, c := range []struct {
		name, method, path, body string
		code                     int
		want                     []string
	}{
		{"all", "GET", "/skydns/stats", "", 200, []string{`"reqCount":6`, `"forwardCount":0`, `"cacheMissCount":0`, `"dataCachedCount":0`,
			`"cacheSizeUsed":0`, `"domainSize":3`, `"noNameCount":1`, `"overFlowCount":1`, `"noDataCount":1`}},
		{"a name", "GET", "/skydns/stats/WWW.example", "", 200, []string{`"reqCount":4`, `"lastQueryTime":"2027-01-15T08:00:00Z"`, `"firstQueryTime":`}},
		{"an unknown name", "GET", "/skydns/stats/other.example", "", 404, []string{"ERR, domain not found"}},
		{"no name", "GET", "/skydns/stats/a..b", "", 400, []string{"ERR, "}},
		{"the first", "GET", "/skydns/stats/top/1", "", 200, []string{`[{"domain":"www.example.","reqCount":4`}},
		{"no number", "GET", "/skydns/stats/top/x", "", 400, []string{"ERR, "}},
		{"held", "GET", "/skydns/domainL1/www.example.", "", 200, []string{
			`"type":"A","ttl":30,"rdata":"192.0.2.1","up":true`, `"rdata":"192.0.2.2","up":false`, `"rdata":"10 mail.example."`,
			`"rdata":"\"a\\\"b\" \"\\007\""`, `"rdata":"1 2 80 www.example."`, `"type":"TYPE257","ttl":60,"rdata":"\\# 2 0005"`}},
		{"not held", "GET", "/skydns/domainL1/none.example", "", 404, []string{"ERR, no found domain"}},
		{"cached", "GET", "/skydns/domain/www.other", "", 404, []string{"ERR, no found domain"}},
		{"forget", "DELETE", "/skydns/domain/www.other", "", 404, []string{"ERR, no found domain"}},
		{"set", "POST", "/skydns/master", `{"cacheTtl":60,"syncPeriod":5}`, 200, []string{"OK"}},
		{"set one", "POST", "/skydns/master", `{"cacheTtl":70}`, 200, []string{"OK"}},
		{"settings", "GET", "/skydns/master", "", 200, []string{`"cacheTtl":70`, `"syncPeriod":5`}},
		{"bad settings", "POST", "/skydns/master", `{"cacheTtl":-1}`, 400, []string{"ERR, "}},
		{"unknown setting", "POST", "/skydns/master", `{"x":1}`, 400, []string{"ERR, "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, text := call(t, c.method, url+c.path+"?token="+token, c.body)
			if code != c.code {
				t.Errorf("%d, want %d: %s", code, c.code, text)
			}
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("%s lacks %s", text, want)
				}
			}
			if code == 200 && text != "OK" && !json.Valid([]byte(text)) {
				t.Errorf("no JSON: %s", text)
			}
		})
	}
}

// TestToken verifies who sees what: nobody without the token, but /metrics.
func TestToken(t *testing.T) {
	r := reader(t)
	with, without := serve(t, token, r), serve(t, "", r)
	for name, c := range map[string]struct {
		url    string
		header []string
		code   int
	}{
		"as parameter":             {with + "/skydns/stats?token=" + token, nil, 200},
		"as header":                {with + "/skydns/stats", []string{"Authorization", "Bearer " + token}, 200},
		"missing":                  {with + "/skydns/stats", nil, 401},
		"wrong":                    {with + "/skydns/stats/top/3?token=" + token + "x", nil, 401},
		"metrics":                  {with + "/metrics", nil, 200},
		"none configured":          {without + "/skydns/stats?token=", nil, 401},
		"none configured, metrics": {without + "/metrics", nil, 200},
	} {
		t.Run(name, func(t *testing.T) {
			if code, text := call(t, "GET", c.url, "", c.header...); code != c.code {
				t.Errorf("%d, want %d: %s", code, c.code, text)
			}
		})
	}
}

// TestWithoutSnapshot verifies what is said before there is one.
func TestWithoutSnapshot(t *testing.T) {
	r := snapshot.OpenReader(t.TempDir())
	defer r.Close()
	url := serve(t, token, r)
	if code, text := call(t, "GET", url+"/skydns/stats?token="+token, ""); code != 200 || !strings.Contains(text, `"domainSize":0`) {
		t.Errorf("%d: %s", code, text)
	}
	if code, text := call(t, "GET", url+"/skydns/domainL1/www.example?token="+token, ""); code != 503 || !strings.HasPrefix(text, "ERR, ") {
		t.Errorf("%d: %s", code, text)
	}
}
