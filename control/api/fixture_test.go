package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/configs"
	"github.com/ipdcode/skydns/control/store"
	"github.com/ipdcode/skydns/dataplane/wire"
)

const token = "123456789"

// etcd is one embedded etcd for all tests of the package, each of which has a
// domain of its own in it.
var etcd *store.Store

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "skydns-api-test")
	if err == nil {
		etcd, err = store.Open(context.Background(), store.Config{DataDir: dir, Listen: "127.0.0.1:0", Log: zerolog.Nop()})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	etcd.Close()
	os.RemoveAll(dir)
	os.Exit(code)
}

// wireName is a name in wire form.
func wireName(tb testing.TB, text string) []byte {
	tb.Helper()
	name, err := wire.ParseName(text)
	if err != nil {
		tb.Fatal(err)
	}
	return name
}

// serveText is what the interface answers to GET of a path.
func serveText(tb testing.TB, s *server, path string) string {
	tb.Helper()
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	s.routes().ServeHTTP(w, r)
	return w.Body.String()
}

// unreachable is an etcd that nobody runs.
func unreachable(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Config{Endpoints: []string{"http://127.0.0.1:1"}, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// withoutEtcd is a server over that, which waits for it for a short time.
func (f *fixture) withoutEtcd() *server {
	f.Helper()
	o := f.options()
	o.Store = unreachable(f.T)
	s, err := newServer(o)
	if err != nil {
		f.Fatal(err)
	}
	s.timeout = 50 * time.Millisecond
	return s
}

// fixture is an interface over HTTP whose first domain is domain.
type fixture struct {
	*testing.T
	url, domain string
	monitor     string // ip-monitor-path
	ready       atomic.Bool
}

var fixtures atomic.Int32

// newFixture serves the domains dN.test., which the test has alone, and
// second.dN.test.
func newFixture(t *testing.T) *fixture {
	t.Helper()
	n := fixtures.Add(1)
	return newFixtureOf(t, fmt.Sprintf("d%d.test.", n), fmt.Sprintf("/monitor/d%d/status/", n))
}

func newFixtureOf(t *testing.T, domain, monitor string) *fixture {
	t.Helper()
	f := &fixture{T: t, domain: domain, monitor: monitor}
	h, err := New(f.options())
	if err != nil {
		t.Fatal(err)
	}
	f.serve(h)
	return f
}

// options are those of an interface for the fixture's domains.
func (f *fixture) options() Options {
	f.Helper()
	o := optionsOf(f, f.domain, f.monitor)
	o.Ready = f.ready.Load
	return o
}

// optionsOf are those of an interface for a domain and the one second in it.
func optionsOf(tb testing.TB, domain, monitor string) Options {
	tb.Helper()
	config, err := configs.Parse("test", fmt.Appendf(nil, `
		[Dns]
		dns-domain = ["%s", "second.%s"]
		ip-monitor-path = "%s"
		[SkydnsApi]
		skydns-auth = "%s"`, domain, domain, monitor, token))
	if err != nil {
		tb.Fatal(err)
	}
	return Options{Config: config, Token: func() string { return config.SkydnsApi.Token }, Store: etcd, Ready: func() bool { return true }, Registry: prometheus.NewRegistry(), Log: zerolog.Nop()}
}

// serve sends the fixture's requests to h from now on.
func (f *fixture) serve(h http.Handler) {
	server := httptest.NewServer(h)
	f.Cleanup(server.Close)
	f.url = server.URL
}

// do sends a request with the token, and gives the status code and the text.
func (f *fixture) do(method, path, body string) (int, string) {
	f.Helper()
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	return f.send(method, path+sep+"token="+token, body, nil)
}

func (f *fixture) send(method, path, body string, header http.Header) (int, string) {
	f.Helper()
	r, err := http.NewRequest(method, f.url+path, strings.NewReader(body))
	if err != nil {
		f.Fatal(err)
	}
	if header != nil {
		r.Header = header
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		f.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		f.Fatal(err)
	}
	return resp.StatusCode, strings.TrimSpace(string(text))
}

// ok makes a change that must be taken.
func (f *fixture) ok(method, name, body string) {
	f.Helper()
	if code, text := f.do(method, "/skydns/api/"+name, body); code != 200 || text != "OK" {
		f.Fatalf("%s %s %s: %d %s", method, name, body, code, text)
	}
}

// get is what a name or, with an empty name, the list shows, as compact JSON.
// "D." in it stands for the domain.
func (f *fixture) get(path string) string {
	f.Helper()
	code, text := f.do("GET", path, "")
	if code != 200 {
		return fmt.Sprintf("%d %s", code, f.short(text))
	}
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		f.Fatalf("GET %s: %v in %s", path, err, text)
	}
	compact, err := json.Marshal(v)
	if err != nil {
		f.Fatal(err)
	}
	return f.short(string(compact))
}

func (f *fixture) short(text string) string { return strings.ReplaceAll(text, f.domain, "D.") }

// put writes a key as another program would.
func (f *fixture) put(key, value string) {
	f.Helper()
	if _, err := etcd.Client().Put(f.Context(), key, value); err != nil {
		f.Fatal(err)
	}
}

// keys are the keys with a prefix and their values.
func (f *fixture) keys(prefix string) map[string]string {
	f.Helper()
	resp, err := etcd.Client().Get(f.Context(), prefix, clientv3.WithPrefix())
	if err != nil {
		f.Fatal(err)
	}
	keys := map[string]string{}
	for _, kv := range resp.Kvs {
		keys[strings.TrimPrefix(string(kv.Key), prefix)] = f.short(string(kv.Value))
	}
	return keys
}

// base is what the keys of the domain's records start with.
func (f *fixture) base() string { return "/skydns/test/" + strings.TrimSuffix(f.domain, ".test.") }
