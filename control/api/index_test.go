package api

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rs/zerolog"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/control/store"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// pages are the names that the list shows, read limit at a time.
func (f *fixture) pages(limit int, filter string) []string {
	f.Helper()
	var names []string
	for after := ""; ; {
		code, text := f.do("GET", fmt.Sprintf("/skydns/api?limit=%d&after=%s%s", limit, after, filter), "")
		var page map[string]any
		if err := json.Unmarshal([]byte(text), &page); code != 200 || err != nil {
			f.Fatal(code, text, err)
		}
		if len(page) > limit {
			f.Fatalf("%d names on a page of %d", len(page), limit)
		}
		part := make([]string, 0, limit)
		for name := range page {
			part = append(part, name)
		}
		slices.Sort(part)
		names = append(names, part...)
		if len(page) < limit {
			return names
		}
		after = part[len(part)-1]
	}
}

// TestPages verifies that pages of any size together are the whole list,
// sorted as text, over names that etcd keeps in another order.
func TestPages(t *testing.T) {
	f := newFixture(t)
	var want []string
	for i := range 150 {
		name := fmt.Sprintf("n%d", i)
		if i%3 == 0 {
			name += ".sub-" + fmt.Sprint(i%7)
		}
		f.ok("POST", name, fmt.Sprintf(`{"ips":["10.0.0.%d","::%d"]}`, i+1, i+1))
		if i%10 == 0 {
			f.ok("POST", name, `{"type":"TXT","text":"t"}`)
		}
		want = append(want, name+"."+f.domain)
	}
	slices.Sort(want)
	for _, limit := range []int{1, 7, 149, 150, 151} {
		if got := f.pages(limit, ""); !slices.Equal(got, want) {
			t.Errorf("pages of %d: %d names, want %d", limit, len(got), len(want))
		}
	}
	if got := f.pages(4, "&type=TXT"); len(got) != 15 {
		t.Errorf("with TXT: %v", got)
	}
	if got := f.pages(4, "&prefix=n14"); len(got) != 11 {
		t.Errorf("with a prefix: %v", got)
	}
}

// TestListSeesChanges verifies that a list shows every change that was made
// before it was asked for, by this interface or by another program.
func TestListSeesChanges(t *testing.T) {
	f := newFixture(t)
	base := "/skydns/test/" + strings.TrimSuffix(f.domain, ".test.")
	for i := range 30 {
		f.put(fmt.Sprintf("%s/x%d/ext", base, i), `{"host":"10.0.0.1"}`)
		f.ok("POST", fmt.Sprintf("n%d", i), `{"ips":["10.0.0.1"]}`)
		if i > 0 {
			f.ok("DELETE", fmt.Sprintf("n%d", i-1), "")
		}
		want := fmt.Sprintf(`{"n%d.D.":{"ips":["10.0.0.1"],"type":"A"}}`, i)
		if got := f.get("/skydns/api?prefix=n"); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
		if got := f.pages(10, "&prefix=x"); len(got) != i+1 {
			t.Fatalf("%d names of another program: %v", i+1, got)
		}
	}
}

// TestListsWhileNamesChange verifies that lists which are read while names come
// and go have all the names that stay, in order.
func TestListsWhileNamesChange(t *testing.T) {
	f := newFixture(t)
	const stay = 40
	for i := range stay {
		f.ok("POST", fmt.Sprintf("s%02d", i), `{"ips":["10.0.0.1"]}`)
	}
	var wg sync.WaitGroup
	for client := range 2 {
		wg.Go(func() {
			for i := range 15 {
				name := fmt.Sprintf("s%02d-%d", i, client)
				f.ok("POST", name, `{"ips":["10.0.0.2"]}`)
				f.ok("DELETE", name, "")
			}
		})
		wg.Go(func() {
			for range 10 {
				names := slices.DeleteFunc(f.pages(7, ""), func(name string) bool { return strings.Contains(name, "-") })
				if len(names) != stay || !slices.IsSorted(names) {
					t.Errorf("%d names, want %d: %v", len(names), stay, names)
				}
			}
		})
	}
	wg.Wait()
}

// TestIndexBeginsAnew verifies that lists are right after the index's watch has
// ended, and after nobody has asked for it for long.
func TestIndexBeginsAnew(t *testing.T) {
	f := newFixture(t)
	s, err := newServer(f.options())
	if err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		f.ok("POST", fmt.Sprintf("n%d", n), `{"ips":["10.0.0.1"]}`)
		entries, _, err := s.index.at(t.Context())
		if err != nil || entries.Len() != n+1 {
			t.Fatalf("%d entries, want %d: %v", entries.Len(), n+1, err)
		}
		s.index.stop()
		f.ok("DELETE", fmt.Sprintf("n%d", n), "")
		f.ok("POST", fmt.Sprintf("m%d", n), `{"ips":["10.0.0.1"]}`)
	}
}

// TestIndexEntries verifies which name a key is listed at, and that the entry
// gives both back.
func TestIndexEntries(t *testing.T) {
	f := newFixtureOf(t, "skydns.local.", "/monitor/entries/")
	s, err := newServer(f.options())
	if err != nil {
		t.Fatal(err)
	}
	for key, name := range map[string]string{
		"/skydns/local/skydns/a/rr-0123456789abc":   "a.skydns.local.",
		"/skydns/local/skydns/a/x1":                 "a.skydns.local.",
		"/skydns/local/skydns/a/x1/":                "a.skydns.local.",
		"/skydns/local/skydns/a":                    "a.skydns.local.",
		"/skydns/local/skydns":                      "skydns.local.",
		"/skydns/local/skydns/rr-0123456789abc":     "skydns.local.",
		"/skydns/local/skydns/A/b.c":                "c.a.skydns.local.",
		`/skydns/local/skydns/a\047b/x`:             "a/b.skydns.local.",
		"/skydns/local/skydns/second/a":             "a.second.skydns.local.",
		"/skydns/local/skydns-other/a/x":            "",
		"/skydns/monitor/status/10.0.0.1":           "",
		"/skydns/local/skydns//x":                   "",
		"/skydns/":                                  "",
		"/skydns/local/skydns/\x00\x01/x":           `\000\001.skydns.local.`,
		"/skydns/local/skydns/a/b/rr-0123456789abc": "b.a.skydns.local.",
	} {
		entry := s.index.entry(key)
		if entry == "" {
			if name != "" {
				t.Errorf("%q has no entry", key)
			}
			continue
		}
		if gotName, gotKey := nameAndKey(entry); gotName != name || gotKey != key {
			t.Errorf("%q: got %q and %q", key, gotName, gotKey)
		}
	}
}

// FuzzEntry verifies that any key has an entry with a name of ours and the key
// itself, or none.
func FuzzEntry(f *testing.F) {
	f.Add("/skydns/local/skydns/a/rr-0123456789abc")
	f.Add(`/skydns/local/skydns/\000b/x/`)
	domains, err := record.NewDomains([]string{"skydns.local."})
	if err != nil {
		f.Fatal(err)
	}
	x := newIndex(&records{zones: domains}, domains)
	f.Fuzz(func(t *testing.T, key string) {
		entry := x.entry(key)
		if entry == "" {
			return
		}
		name, got := nameAndKey(entry)
		wired, err := wire.ParseName(name)
		if err != nil || got != key || domains.Zone(wired) == nil {
			t.Errorf("%q: name %q, key %q, %v", key, name, got, err)
		}
	})
}

// BenchmarkList is a page of 100 of 300,000 names, and the whole list.
func BenchmarkList(b *testing.B) {
	const names = 300_000
	domain := "bench.test."
	s, err := newServer(optionsOf(b, domain, "/monitor/bench/"))
	if err != nil {
		b.Fatal(err)
	}
	for from := 0; from < names; from += 10_000 {
		var ops []clientv3.Op
		for i := from; i < from+10_000; i++ {
			name := wireName(b, fmt.Sprintf("service-%06d.ns%02d.%s", i, i%100, domain))
			key, value, err := record.New(name, record.Message{Host: "10.0.0.1"})
			if err != nil {
				b.Fatal(err)
			}
			ops = append(ops, clientv3.OpPut(key, string(value)))
		}
		if _, err := etcd.Commit(b.Context(), nil, ops); err != nil {
			b.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, path string
		names      int
	}{{"page", "/skydns/api?limit=100&after=service-150000.ns00." + domain, 100}, {"all", "/skydns/api", names}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if got := strings.Count(serveText(b, s, c.path), "\n"); got != c.names {
					b.Fatalf("%d names", got)
				}
			}
		})
	}
}

// compacting is etcd that compacts what a watch from the next revision on needs,
// each time that it has answered the last read of an index.
type compacting struct {
	clientv3.KV
	last string
}

func (c compacting) Get(ctx context.Context, key string, opts ...clientv3.OpOption) (*clientv3.GetResponse, error) {
	resp, err := c.KV.Get(ctx, key, opts...)
	for range 2 {
		if key != c.last {
			break
		}
		if put, failed := etcd.Client().Put(ctx, "/elsewhere", ""); failed == nil {
			_, _ = etcd.Client().Compact(ctx, put.Header.Revision) // another may have done so
		}
	}
	return resp, err
}

// TestListWhoseWatchEndsAtOnce verifies that a list is answered although the
// index's watch ends before anything is taken from it.
func TestListWhoseWatchEndsAtOnce(t *testing.T) {
	f := newFixture(t)
	f.ok("POST", "n", `{"ips":["10.0.0.1"]}`)
	o := f.options()
	var err error
	if o.Store, err = store.Open(t.Context(), store.Config{Endpoints: etcd.Client().Endpoints(), Log: zerolog.Nop()}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Store.Close() })
	o.Store.Client().KV = compacting{o.Store.Client().KV, f.base() + "/"}
	s, err := newServer(o)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		entries, _, err := s.index.at(t.Context())
		if err != nil || entries.Len() != 1 {
			t.Fatalf("%v, %v", entries, err)
		}
	}
}
