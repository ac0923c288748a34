package store

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"
)

const records, health = "/skydns/", "/hades/status/"

// TestFollow verifies that a list and then every change arrive, of all
// prefixes and of nothing else.
func TestFollow(t *testing.T) {
	s := openEmbedded(t, t.TempDir(), "127.0.0.1:0")
	put(t, s, "/skydns/a", "1")
	put(t, s, "/hades/status/x", "UP")
	put(t, s, "/skydnsx", "not ours")
	m := follow(t, s, records, health)
	m.wait(t, 1, map[string]string{"/skydns/a": "1", "/hades/status/x": "UP"})

	put(t, s, "/skydns/b", "2")
	put(t, s, "/skydns/a", "3")
	put(t, s, "/hades/status/x", "DOWN")
	m.wait(t, 1, map[string]string{"/skydns/a": "3", "/skydns/b": "2", "/hades/status/x": "DOWN"})

	if _, err := s.client.Delete(context.Background(), "/skydns/a"); err != nil {
		t.Fatal(err)
	}
	m.wait(t, 1, map[string]string{"/skydns/b": "2", "/hades/status/x": "DOWN"})
	if s.age() < 0 {
		t.Error("etcd was never heard of")
	}
}

// TestFollowIdle verifies that a watch on which nothing happens goes on.
func TestFollowIdle(t *testing.T) {
	t.Parallel()
	s := openEmbedded(t, t.TempDir(), "127.0.0.1:0")
	put(t, s, "/skydns/a", "1")
	m := follow(t, s, records, health)
	m.wait(t, 1, map[string]string{"/skydns/a": "1"})
	begun := int64(s.up())
	eventually(t, func() bool { return s.state.heardAt.Load() > begun+int64(2*deadAfter) }, func() { t.Error("etcd is not heard") })
	if n := s.state.losses.Load(); n != 0 {
		t.Errorf("the watch was lost %d times", n)
	}
}

// TestFollowManyKeys verifies a list in many pieces, by either way to read it.
func TestFollowManyKeys(t *testing.T) {
	const each, keys = 5000, 25_000
	s := openEmbedded(t, t.TempDir(), "127.0.0.1:0")
	want := map[string]string{}
	for start := 0; start < keys; start += each {
		var ops []clientv3.Op
		for i := start; i < start+each; i++ {
			key := fmt.Sprintf("/skydns/local/n%d", i)
			want[key] = "v"
			ops = append(ops, clientv3.OpPut(key, "v"))
		}
		if _, err := s.Commit(context.Background(), nil, ops); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("as a stream", func(t *testing.T) { follow(t, s, records).wait(t, 1, want) })
	t.Run("by pages", func(t *testing.T) {
		out := make(chan Batch, 100)
		f := &follower{Store: s, prefixes: []string{records}, out: out}
		if err := f.pages(context.Background(), records, 0); err != nil {
			t.Fatal(err)
		}
		m := &mirror{}
		m.take(t, Batch{Kind: SyncBegin})
		for close(out); len(out) > 0; {
			m.take(t, <-out)
		}
		if !maps.Equal(m.fresh, want) {
			t.Errorf("%d keys, want %d", len(m.fresh), len(want))
		}
	})
}

// TestFollowConnectionLost verifies that a watch goes on where it broke,
// without another list.
func TestFollowConnectionLost(t *testing.T) {
	direct := openEmbedded(t, t.TempDir(), "127.0.0.1:0")
	g := newGate(t, hostPort(direct))
	put(t, direct, "/skydns/a", "1")
	m := follow(t, openClient(t, g.address), records)
	m.wait(t, 1, map[string]string{"/skydns/a": "1"})

	g.shut.Store(true)
	g.cut()
	put(t, direct, "/skydns/b", "2")
	if _, err := direct.client.Delete(context.Background(), "/skydns/a"); err != nil {
		t.Fatal(err)
	}
	g.shut.Store(false)
	m.wait(t, 1, map[string]string{"/skydns/b": "2"})
}

// TestChangeBehindItsProgress verifies that a change is not lost that etcd sends
// after a progress that claims it as sent, as etcd before 3.4.25 and 3.5.8 does.
func TestChangeBehindItsProgress(t *testing.T) {
	out := make(chan Batch, 1)
	f := &follower{Store: &Store{log: zerolog.Nop(), up: func() time.Duration { return 0 }}, out: out, next: []int64{5}, begun: []int64{5}}
	event := func(revision int64) clientv3.WatchResponse {
		kv := &mvccpb.KeyValue{Key: []byte("/skydns/a"), ModRevision: revision}
		return clientv3.WatchResponse{Header: &pb.ResponseHeader{Revision: 9}, Events: []*clientv3.Event{{Kv: kv}}}
	}
	progress := clientv3.WatchResponse{Header: &pb.ResponseHeader{Revision: 9}}
	for _, r := range []clientv3.WatchResponse{event(4), progress, event(8)} {
		if err := f.take(t.Context(), response{received: time.Now(), WatchResponse: r}); err != nil {
			t.Fatal(err)
		}
	}
	if len(out) != 1 || (<-out).Revision != 8 || f.next[0] != 9 {
		t.Errorf("the change is not delivered, or not followed on from: next %v", f.next)
	}
}

// TestFollowCompacted verifies that a fresh list follows when what happened
// meanwhile is gone.
func TestFollowCompacted(t *testing.T) {
	direct := openEmbedded(t, t.TempDir(), "127.0.0.1:0")
	g := newGate(t, hostPort(direct))
	put(t, direct, "/skydns/a", "1")
	m := follow(t, openClient(t, g.address), records)
	m.wait(t, 1, map[string]string{"/skydns/a": "1"})

	g.shut.Store(true)
	g.cut()
	put(t, direct, "/skydns/b", "2")
	resp, err := direct.client.Delete(context.Background(), "/skydns/a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := direct.client.Compact(context.Background(), resp.Header.Revision); err != nil {
		t.Fatal(err)
	}
	g.shut.Store(false)
	m.wait(t, 2, map[string]string{"/skydns/b": "2"})
}

// TestFollowSilentWatch verifies that a connection that is dead without a
// word is noticed, and that nothing is missed over it.
func TestFollowSilentWatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		watched bool
	}{{"while the watch begins", false}, {"while the watch is under way", true}} {
		t.Run(c.name, func(t *testing.T) {
			direct := openEmbedded(t, t.TempDir(), "127.0.0.1:0")
			g := newGate(t, hostPort(direct))
			s := openClient(t, g.address)
			m := follow(t, s, records)
			m.wait(t, 1, map[string]string{})
			if c.watched {
				put(t, direct, "/skydns/a", "0")
				m.wait(t, 1, map[string]string{"/skydns/a": "0"})
			}
			g.frozen.Store(true)
			put(t, direct, "/skydns/a", "1")
			eventually(t, func() bool { return !s.state.connected.Load() }, func() { t.Error("silence is not noticed") })
			g.cut()
			g.frozen.Store(false)
			m.wait(t, 1, map[string]string{"/skydns/a": "1"})
		})
	}
}

// TestFollowEtcdRestarted verifies that etcd may stop and come back with its
// data.
func TestFollowEtcdRestarted(t *testing.T) {
	dir := t.TempDir()
	first := openEmbedded(t, dir, "127.0.0.1:0")
	g := newGate(t, hostPort(first))
	put(t, first, "/skydns/a", "1")
	m := follow(t, openClient(t, g.address), records)
	m.wait(t, 1, map[string]string{"/skydns/a": "1"})

	second := g.replace(t, first, dir)
	put(t, second, "/skydns/b", "2")
	g.shut.Store(false)
	m.wait(t, 1, map[string]string{"/skydns/a": "1", "/skydns/b": "2"})
}

// TestFollowEtcdReplaced verifies that another etcd at the same address,
// whose revisions start anew, is listed.
func TestFollowEtcdReplaced(t *testing.T) {
	first := openEmbedded(t, t.TempDir(), "127.0.0.1:0")
	g := newGate(t, hostPort(first))
	for i := range 20 {
		put(t, first, "/skydns/a", fmt.Sprint(i))
	}
	m := follow(t, openClient(t, g.address), records)
	m.wait(t, 1, map[string]string{"/skydns/a": "19"})

	second := g.replace(t, first, t.TempDir())
	put(t, second, "/skydns/b", "2")
	g.shut.Store(false)
	m.wait(t, 2, map[string]string{"/skydns/b": "2"})
}

// hostPort is where the clients of an embedded etcd are served.
func hostPort(s *Store) string {
	return strings.TrimPrefix(s.client.Endpoints()[0], "http://")
}
