package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	clientv3 "go.etcd.io/etcd/client/v3"
)

func TestRange(t *testing.T) {
	s := openEmbedded(t, t.TempDir(), "127.0.0.1:0")
	for i := range 5 {
		put(t, s, fmt.Sprintf("/skydns/%d", i), "v")
	}
	ctx := context.Background()
	var got []string
	from, more := records, true
	for revision := int64(0); more; {
		page, err := s.Range(ctx, from, PrefixEnd(records), 2, revision)
		if err != nil {
			t.Fatal(err)
		}
		if revision == 0 {
			revision = page.Revision
			put(t, s, "/skydns/later", "v") // is not seen at the first page's revision
		}
		for _, kv := range page.KVs {
			got = append(got, string(kv.Key))
			from = After(kv.Key)
		}
		more = page.More
	}
	if want := "/skydns/0 /skydns/1 /skydns/2 /skydns/3 /skydns/4"; strings.Join(got, " ") != want {
		t.Errorf("got %q", got)
	}
}

func TestCommit(t *testing.T) {
	s := openEmbedded(t, t.TempDir(), "127.0.0.1:0")
	ctx := context.Background()
	absent := clientv3.Compare(clientv3.CreateRevision("/skydns/a"), "=", 0)
	ops := []clientv3.Op{clientv3.OpPut("/skydns/a", "1"), clientv3.OpPut("/skydns/b", "1")}
	if _, err := s.Commit(ctx, []clientv3.Cmp{absent}, ops); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Commit(ctx, []clientv3.Cmp{absent}, ops); !errors.Is(err, ErrConflict) {
		t.Errorf("a compare that does not hold: %v", err)
	}
}

func TestOpenEmbeddedRefuses(t *testing.T) {
	s := openEmbedded(t, t.TempDir(), "127.0.0.1:0")
	log := zerolog.New(zerolog.NewTestWriter(t))
	ctx := context.Background()
	t.Run("an address that is taken", func(t *testing.T) {
		_, err := Open(ctx, Config{DataDir: t.TempDir(), Listen: hostPort(s), Log: log})
		if err == nil || !strings.Contains(err.Error(), hostPort(s)+" is taken") {
			t.Errorf("error %v", err)
		}
	})
	t.Run("a folder that cannot be made", func(t *testing.T) {
		_, err := Open(ctx, Config{DataDir: filepath.Join("/proc", "nothing"), Listen: "127.0.0.1:0", Log: log})
		if err == nil || !strings.Contains(err.Error(), "/proc/nothing") {
			t.Errorf("error %v", err)
		}
	})
}

func TestErrorsWithoutEtcd(t *testing.T) {
	t.Parallel()
	s := openClient(t, freePort(t))
	if _, err := s.Commit(context.Background(), nil, nil); err == nil || strings.Contains(err.Error(), "rpc error") {
		t.Errorf("error %v", err)
	}
}
