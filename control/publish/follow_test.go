package publish

import (
	"context"
	"fmt"
	"testing"

	"github.com/rs/zerolog"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/control/store"
)

// startFollow runs an etcd in this process and a Publisher that follows it.
func startFollow(t *testing.T, dir string) (*store.Store, *fixture) {
	t.Helper()
	s, err := store.Open(context.Background(), store.Config{
		DataDir: dir, Listen: "127.0.0.1:0", Log: zerolog.New(zerolog.NewTestWriter(t))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	f := newFixture(t, t.TempDir())
	ctx, cancel := context.WithCancel(context.Background())
	batches := make(chan store.Batch, 2)
	ended := make(chan struct{})
	go func() { f.Run(ctx, batches); close(ended) }()
	go func() { _ = s.Follow(ctx, []string{record.Prefix}, batches) }()
	t.Cleanup(func() { cancel(); <-ended })
	return s, f
}

func putKey(t *testing.T, s *store.Store, key, value string) {
	t.Helper()
	if _, err := s.Client().Put(context.Background(), key, value); err != nil {
		t.Fatal(err)
	}
}

// TestEtcdToReader verifies the way of records and of address health from an
// etcdctl put to a reader of the snapshot.
func TestEtcdToReader(t *testing.T) {
	s, f := startFollow(t, t.TempDir())
	r := newReader(t, f.dir)
	for i := 1; i <= 3; i++ {
		putKey(t, s, fmt.Sprintf("/skydns/local/skydns/cctv2/x%d", i), fmt.Sprintf(`{"host":"192.168.10.%d"}`, i))
	}
	r.wait("cctv2.skydns.local.", "192.168.10.1", "192.168.10.2", "192.168.10.3")
	putKey(t, s, monitorPath+"192.168.10.3", `{"status":"DOWN"}`)
	r.wait("cctv2.skydns.local.", "192.168.10.1", "192.168.10.2")
	putKey(t, s, monitorPath+"192.168.10.3", `{"status":"UP"}`)
	r.wait("cctv2.skydns.local.", "192.168.10.1", "192.168.10.2", "192.168.10.3")
	if _, err := s.Client().Delete(context.Background(), "/skydns/local/skydns/cctv2/", clientv3.WithPrefix()); err != nil {
		t.Fatal(err)
	}
	r.wait("cctv2.skydns.local.")
}

// TestManyNames verifies that ten thousand names that come in large
// transactions are all there.
func TestManyNames(t *testing.T) {
	const names, each = 10_000, 1000
	s, f := startFollow(t, t.TempDir())
	for start := 0; start < names; start += each {
		var ops []clientv3.Op
		for i := start; i < start+each; i++ {
			key, value, err := record.New(parse(t, fmt.Sprintf("n%d.skydns.local.", i)),
				record.Message{Type: "A", Host: fmt.Sprintf("10.1.%d.%d", i/250, i%250)})
			if err != nil {
				t.Fatal(err)
			}
			ops = append(ops, clientv3.OpPut(key, string(value)))
		}
		if _, err := s.Commit(context.Background(), nil, ops); err != nil {
			t.Fatal(err)
		}
	}
	r := newReader(t, f.dir)
	for i := range names {
		r.wait(fmt.Sprintf("n%d.skydns.local.", i), fmt.Sprintf("10.1.%d.%d", i/250, i%250))
	}
}
