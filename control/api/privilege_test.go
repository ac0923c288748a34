package api

import (
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/control/cookie"
	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/control/store"
)

// leastUser is an etcd that wants a user, and a store of the user control, who
// reads and writes the prefixes that control/README.md names and nothing else.
func leastUser(t *testing.T, prefixes ...string) *store.Store {
	t.Helper()
	server, err := store.Open(t.Context(), store.Config{DataDir: t.TempDir(), Listen: "127.0.0.1:0", Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	admin, ctx := server.Client(), t.Context()
	steps := []func() error{
		func() error { _, err := admin.RoleAdd(ctx, "root"); return err },
		func() error { _, err := admin.UserAdd(ctx, "root", "secret"); return err },
		func() error { _, err := admin.UserGrantRole(ctx, "root", "root"); return err },
		func() error { _, err := admin.RoleAdd(ctx, "skydns"); return err },
		func() error { _, err := admin.UserAdd(ctx, "control", "least"); return err },
		func() error { _, err := admin.UserGrantRole(ctx, "control", "skydns"); return err },
	}
	for _, prefix := range prefixes {
		steps = append(steps, func() error {
			_, err := admin.RoleGrantPermission(ctx, "skydns", prefix, store.PrefixEnd(prefix), clientv3.PermissionType(clientv3.PermReadWrite))
			return err
		})
	}
	steps = append(steps, func() error { _, err := admin.AuthEnable(ctx); return err })
	for _, step := range steps {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	s, err := store.Open(ctx, store.Config{Endpoints: admin.Endpoints(), Username: "control", Password: "least", Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestLeastPrivilege verifies that a user of etcd with exactly the prefixes that
// control/README.md names suffices: to follow, to change records and their
// status keys, to list, and for the secrets of cookies.
func TestLeastPrivilege(t *testing.T) {
	f := newFixture(t)
	o := f.options()
	o.Store = leastUser(t, record.Prefix, f.monitor, "/skydns-node/")
	h, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	f.serve(h)
	out := make(chan store.Batch, 100)
	go func() { _ = o.Store.Follow(t.Context(), []string{record.Prefix, f.monitor}, out) }()
	next := func() store.Batch {
		select {
		case b := <-out:
			return b
		case <-time.After(time.Minute):
			t.Fatal("etcd is not followed")
			return store.Batch{}
		}
	}
	for next().Kind != store.SyncEnd {
	}

	f.ok("POST", "n", `{"ips":["10.0.0.1"]}`)
	want := `{"n.D.":{"ips":["10.0.0.1"],"type":"A"}}`
	for range 2 { // the second is answered by the index's watch
		if got := f.get("/skydns/api"); got != want {
			t.Errorf("list %s, want %s", got, want)
		}
	}
	f.ok("DELETE", "n", "")
	for seen := 0; seen < 2; { // the record and the status key are there and gone
		for _, e := range next().Events {
			if e.Deleted && (strings.HasPrefix(e.Key, record.Prefix) || e.Key == f.monitor+"10.0.0.1") {
				seen++
			}
		}
	}
	_, err = o.Store.Commit(t.Context(), nil, []clientv3.Op{clientv3.OpPut(cookie.Key, "{}"), clientv3.OpGet(cookie.Key)})
	if err != nil {
		t.Errorf("secrets of cookies: %v", err)
	}
	if _, err := o.Store.Commit(t.Context(), nil, []clientv3.Op{clientv3.OpPut("/else", "")}); err == nil {
		t.Error("the user writes what is another's")
	}
}
