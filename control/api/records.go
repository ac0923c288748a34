package api

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/control/store"
)

// page is how many keys are read from etcd at once; firstPage, while it is not
// known whether that many matter.
const (
	page      = 5000
	firstPage = 64
)

// records reads records from etcd. Keys and values that record.Parse does not
// understand are passed over: the watch reports them.
type records struct {
	store *store.Store
	zones *record.Domains // all that the node answers for
}

// item is a record that counts for a name.
type item struct {
	key     string
	value   []byte
	changed int64 // the revision of the key's last change
	record  record.Record
	rrs     []record.RR // those at the name
}

// owner is the user whose record it is; empty: nobody's.
func (i *item) owner() string { return i.record.Message.User }

// at reads the records of name as of revision (0: now) and tells the revision.
func (r *records) at(ctx context.Context, name []byte, revision int64) ([]item, int64, error) {
	var items []item
	collect := func(kv *mvccpb.KeyValue) {
		if i, ok := r.itemAt(name, kv); ok {
			items = append(items, i)
		}
	}
	key := record.NameKey(name)
	ranges := [][2]string{single(strings.TrimSuffix(key, "/")), single(key), prefixed(key + record.ItemPrefix)}
	for _, bounds := range ranges {
		var err error
		if revision, err = r.scan(ctx, bounds, revision, collect); err != nil {
			return nil, 0, err
		}
	}
	if zone := r.zones.Zone(name); len(zone) == len(name) {
		return items, revision, nil // the keys right below an apex are names
	}
	for _, bounds := range [][2]string{
		{store.After([]byte(key)), key + record.ItemPrefix}, {store.PrefixEnd(key + record.ItemPrefix), store.PrefixEnd(key)},
	} {
		if err := r.children(ctx, key, bounds, revision, collect); err != nil {
			return nil, 0, err
		}
	}
	return items, revision, nil
}

// children gives the keys between two bounds that lie right below a name's
// key. What lies further down is passed over: it is read a page of keys at a
// time, without values, and never beyond the page in which it begins.
func (r *records) children(ctx context.Context, key string, bounds [2]string, revision int64, each func(*mvccpb.KeyValue)) error {
	limit := int64(firstPage)
	for from := bounds[0]; ; limit = min(limit*4, page) {
		p, err := r.keys(ctx, from, bounds[1], limit, revision)
		if err != nil {
			return err
		}
		for _, k := range p.keys {
			if !below(key, k) {
				if _, err := r.scan(ctx, single(k), revision, each); err != nil {
					return err
				}
			}
		}
		if !p.more {
			return nil
		}
		last := p.keys[len(p.keys)-1]
		from = store.After([]byte(last))
		if below(key, last) {
			from = store.PrefixEnd(last[:len(key)+strings.IndexByte(last[len(key):], '/')+1])
		}
	}
}

// below tells that a key lies further down than right below a name's key; a
// slash at its end counts for nothing.
func below(name, key string) bool {
	slash := strings.IndexByte(key[len(name):], '/')
	return slash >= 0 && len(name)+slash < len(key)-1
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

// itemAt is what a key and value say of name, if anything.
func (r *records) itemAt(name []byte, kv *mvccpb.KeyValue) (item, bool) {
	rec, err := record.Parse(string(kv.Key), kv.Value)
	if err != nil {
		return item{}, false
	}
	i := item{key: string(kv.Key), value: kv.Value, changed: kv.ModRevision, record: rec}
	for _, rr := range rec.RRs(r.zones.Zone(rec.Name)) {
		if bytes.Equal(rr.Name, name) {
			i.rrs = append(i.rrs, rr)
		}
	}
	return i, len(i.rrs) > 0
}

// maxOps is how many keys are read in one transaction: what etcd takes unless
// it is told otherwise.
const maxOps = 128

// get gives each of the records with these keys, as of a revision, with its RRs
// at the name that lists show.
func (r *records) get(ctx context.Context, keys []string, revision int64, each func(item)) error {
	for part := range slices.Chunk(keys, maxOps) {
		var ops []clientv3.Op
		for _, key := range part {
			ops = append(ops, clientv3.OpGet(key, clientv3.WithRev(revision)))
		}
		resp, err := r.store.Client().Txn(ctx).Then(ops...).Commit()
		if err != nil {
			return fmt.Errorf("read records: %w", err)
		}
		for _, answer := range resp.Responses {
			for _, kv := range answer.GetResponseRange().Kvs {
				rec, err := record.Parse(string(kv.Key), kv.Value)
				if err == nil {
					each(item{key: string(kv.Key), record: rec, rrs: listed(rec.RRs(r.zones.Zone(rec.Name)))})
				}
			}
		}
	}
	return nil
}

// listed are the RRs at the highest of the names that a record counts for: at
// the others it is answered too, but they are names of items.
func listed(rrs []record.RR) []record.RR {
	top := slices.MinFunc(rrs, func(a, b record.RR) int { return len(a.Name) - len(b.Name) }).Name
	return slices.DeleteFunc(rrs, func(rr record.RR) bool { return !bytes.Equal(rr.Name, top) })
}
