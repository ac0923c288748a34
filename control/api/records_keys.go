package api

import (
	"context"
	"fmt"
	"slices"

	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/control/store"
)

// page is how many keys are read from etcd at once; firstPage, while it is not
// known whether that many matter.
const (
	page      = 5000
	firstPage = 64
)

// maxOps is how many keys are read in one transaction: what etcd takes unless
// it is told otherwise.
const maxOps = 128

// single is the bounds of one key.
func single(key string) [2]string { return [2]string{key, store.After([]byte(key))} }

// prefixed is the bounds of the keys that start with prefix.
func prefixed(prefix string) [2]string { return [2]string{prefix, store.PrefixEnd(prefix)} }

// scan gives each key between two bounds as of revision (0: now), and tells
// the revision.
func (r *records) scan(ctx context.Context, bounds [2]string, revision int64, each func(*mvccpb.KeyValue)) (int64, error) {
	from := bounds[0]
	for {
		p, err := r.store.Range(ctx, from, bounds[1], page, revision)
		if err != nil {
			return 0, err
		}
		for _, kv := range p.KVs {
			each(kv)
		}
		if revision == 0 {
			revision = p.Revision
		}
		if !p.More {
			return revision, nil
		}
		from = store.After(p.KVs[len(p.KVs)-1].Key)
	}
}

// keyPage is a part of a range of keys, in their order.
type keyPage struct {
	keys     []string
	revision int64
	more     bool // keys follow
}

// keys are at most limit keys between two bounds as of revision (0: now).
func (r *records) keys(ctx context.Context, from, to string, limit, revision int64) (keyPage, error) {
	resp, err := r.store.Client().Get(ctx, from, clientv3.WithRange(to), clientv3.WithLimit(limit), clientv3.WithRev(revision), clientv3.WithKeysOnly())
	if err != nil {
		return keyPage{}, err
	}
	p := keyPage{revision: revision, more: resp.More && len(resp.Kvs) > 0}
	if revision == 0 {
		p.revision = resp.Header.Revision
	}
	for _, kv := range resp.Kvs {
		p.keys = append(p.keys, string(kv.Key))
	}
	return p, nil
}

// values gives each of these keys that is there, as of a revision.
func (r *records) values(ctx context.Context, keys []string, revision int64, each func(*mvccpb.KeyValue)) error {
	for part := range slices.Chunk(keys, maxOps) {
		var ops []clientv3.Op
		for _, key := range part {
			ops = append(ops, clientv3.OpGet(key, clientv3.WithRev(revision)))
		}
		resp, err := r.store.Client().Txn(ctx).Then(ops...).Commit()
		if err != nil {
			return fmt.Errorf("read %s: %w", part[0], err)
		}
		for _, answer := range resp.Responses {
			for _, kv := range answer.GetResponseRange().Kvs {
				each(kv)
			}
		}
	}
	return nil
}
