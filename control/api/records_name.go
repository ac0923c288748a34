package api

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/control/store"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// opsOfName is how many reads at gives a name.
const opsOfName = 5

// at reads the records of each of names as of revision (0: now), and tells the
// revision. Names are read together, as many as fit into a transaction.
func (r *records) at(ctx context.Context, names [][]byte, revision int64) ([][]item, int64, error) {
	var all [][]item
	for part := range slices.Chunk(names, maxOps/opsOfName) {
		var ops []clientv3.Op
		for _, name := range part {
			ops = append(ops, r.readsOf(name, revision)...)
		}
		resp, err := r.store.Client().Txn(ctx).Then(ops...).Commit()
		if err != nil {
			return nil, 0, fmt.Errorf("read %s: %w", wire.NameString(part[0]), err)
		}
		if revision == 0 {
			revision = resp.Header.Revision
		}
		answers := resp.Responses
		for _, name := range part {
			n := len(r.readsOf(name, revision))
			items, err := r.itemsAt(ctx, name, answers[:n], revision)
			if err != nil {
				return nil, 0, err
			}
			all, answers = append(all, items), answers[n:]
		}
	}
	return all, revision, nil
}

// readsOf are the ranges of etcd that hold records of a name: its key without
// and with a slash behind it, its items of ours, and the beginnings of what
// other keys there are below, before and behind these. Of a domain's apex the
// keys below are names.
func (r *records) readsOf(name []byte, revision int64) []clientv3.Op {
	key := record.NameKey(name)
	at := clientv3.WithRev(revision)
	item := key + record.ItemPrefix
	ops := []clientv3.Op{
		clientv3.OpGet(strings.TrimSuffix(key, "/"), at), clientv3.OpGet(key, at), clientv3.OpGet(item, clientv3.WithPrefix(), at),
	}
	if len(r.zones.Zone(name)) == len(name) {
		return ops
	}
	return append(ops,
		clientv3.OpGet(store.After([]byte(key)), clientv3.WithRange(item), clientv3.WithLimit(firstPage), at),
		clientv3.OpGet(store.PrefixEnd(item), clientv3.WithRange(store.PrefixEnd(key)), clientv3.WithLimit(firstPage), at))
}

// itemsAt are the items of a name in what etcd answered to readsOf, and in what
// follows where a range is longer than was read.
func (r *records) itemsAt(ctx context.Context, name []byte, answers []*etcdserverpb.ResponseOp, revision int64) ([]item, error) {
	var items []item
	collect := func(kv *mvccpb.KeyValue) {
		if i, ok := r.itemAt(name, kv); ok {
			items = append(items, i)
		}
	}
	key := record.NameKey(name)
	ends := map[int]string{opsOfName - 2: key + record.ItemPrefix, opsOfName - 1: store.PrefixEnd(key)}
	for n, answer := range answers {
		kvs := answer.GetResponseRange().Kvs
		for _, kv := range kvs {
			collect(kv)
		}
		if answer.GetResponseRange().More {
			if err := r.children(ctx, key, behind(key, string(kvs[len(kvs)-1].Key)), ends[n], revision, collect); err != nil {
				return nil, err
			}
		}
	}
	return items, nil
}

// children gives the keys from one to another that lie right below a name's
// key. What lies further down is passed over: it is read a page of keys at a
// time, without values, and never beyond the page in which it begins.
func (r *records) children(ctx context.Context, key, from, to string, revision int64, each func(*mvccpb.KeyValue)) error {
	for limit := int64(firstPage); ; limit = min(limit*4, page) {
		p, err := r.keys(ctx, from, to, limit, revision)
		if err != nil {
			return err
		}
		right := slices.DeleteFunc(slices.Clone(p.keys), func(k string) bool { return below(key, k) })
		if err := r.values(ctx, right, revision, each); err != nil || !p.more {
			return err
		}
		from = behind(key, p.keys[len(p.keys)-1])
	}
}

// behind is where to read on after a key: behind all that lies below the same
// child of a name's key.
func behind(name, key string) string {
	if below(name, key) {
		return store.PrefixEnd(key[:len(name)+strings.IndexByte(key[len(name):], '/')+1])
	}
	return store.After([]byte(key))
}

// below tells that a key lies further down than right below a name's key; a
// slash at its end counts for nothing.
func below(name, key string) bool {
	slash := strings.IndexByte(key[len(name):], '/')
	return slash >= 0 && len(name)+slash < len(key)-1
}
