package api

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/rs/zerolog"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/control/store"
)

// rangeCounter is etcd that counts reads of ranges, such as those of all records.
type rangeCounter struct {
	clientv3.KV
	ranges *atomic.Int32
}

func (c rangeCounter) Get(ctx context.Context, key string, opts ...clientv3.OpOption) (*clientv3.GetResponse, error) {
	if op := clientv3.OpGet(key, opts...); len(op.RangeBytes()) > 0 {
		c.ranges.Add(1)
	}
	return c.KV.Get(ctx, key, opts...)
}

// countedFixture serves an interface over rangeCounter.
func countedFixture(t *testing.T) (*fixture, *Interface, *atomic.Int32) {
	t.Helper()
	f := newFixture(t)
	o := f.options()
	var err error
	if o.Store, err = store.Open(t.Context(), store.Config{Endpoints: etcd.Client().Endpoints(), Log: zerolog.Nop()}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Store.Close() })
	ranges := new(atomic.Int32)
	o.Store.Client().KV = rangeCounter{o.Store.Client().KV, ranges}
	i, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	f.serve(i)
	return f, i, ranges
}

// TestMarkByHandReadsNoRecords verifies that the first change of a name behind a
// person's mark finds the names that have the address in what the key was before,
// however often the person has written over it: all records were read, for
// seconds where there are a million.
func TestMarkByHandReadsNoRecords(t *testing.T) {
	f, _, ranges := countedFixture(t)
	f.ok("POST", "a", `{"ips":["10.0.0.1"]}`)
	f.ok("POST", "b", `{"ips":["10.0.0.1"]}`)
	f.put(f.monitor+"10.0.0.1", `{"status":"DOWN"}`)
	f.put(f.monitor+"10.0.0.1", `{"status":"DOWN","by":"ann"}`)
	f.ok("DELETE", "a", "")
	if got, want := f.keys(f.monitor)["10.0.0.1"], `{"by":"ann","domains":["b.D."],"status":"DOWN"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if n := ranges.Load(); n != 0 {
		t.Errorf("%d ranges are read", n)
	}
}

// TestMarkByHandWithoutAPast verifies that all records are read where the past of
// a person's mark does not tell whose the address is: the key was removed, its
// list emptied, or its past compacted.
func TestMarkByHandWithoutAPast(t *testing.T) {
	const mark = `{"status":"DOWN"}`
	for name, write := range map[string]func(f *fixture, key string){
		"removed":   func(f *fixture, key string) { f.remove(key); f.put(key, mark) },
		"emptied":   func(f *fixture, key string) { f.put(key, `{"status":"UP","domains":[]}`); f.put(key, mark) },
		"compacted": func(f *fixture, key string) { f.put(key, mark); f.compactBehind(key) },
	} {
		t.Run(name, func(t *testing.T) {
			f, _, ranges := countedFixture(t)
			key := f.monitor + "10.0.0.1"
			f.ok("POST", "a", `{"ips":["10.0.0.1"]}`)
			f.ok("POST", "b", `{"ips":["10.0.0.1"]}`)
			write(f, key)
			f.ok("DELETE", "a", "")
			if got, want := f.keys(f.monitor)["10.0.0.1"], `{"domains":["b.D."],"status":"DOWN"}`; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if ranges.Load() == 0 {
				t.Error("no range is read")
			}
		})
	}
}

// remove removes a key as a person would.
func (f *fixture) remove(key string) {
	f.Helper()
	if _, err := etcd.Client().Delete(f.Context(), key); err != nil {
		f.Fatal(err)
	}
}

// compactBehind makes etcd forget what a key was before.
func (f *fixture) compactBehind(key string) {
	f.Helper()
	resp, err := etcd.Client().Get(f.Context(), key)
	if err == nil {
		_, err = etcd.Client().Compact(f.Context(), resp.Kvs[0].ModRevision)
	}
	if err != nil {
		f.Fatal(err)
	}
}
