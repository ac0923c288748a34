package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/netip"
	"slices"

	"go.etcd.io/etcd/api/v3/mvccpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/control/store"
)

// orphans are status keys that a person has written, without the names that
// have the addresses. A change of such a name is worked out again once they
// are adopted.
type orphans []*mvccpb.KeyValue

func (o orphans) Error() string { return "status keys without domains" }

// adopt writes the names that have the addresses into status keys, whose other
// fields stay. Every name that has come or gone since has changed the key too,
// so that the compare finds it; the error is ErrConflict if it does for one of
// them. Keys whose past tells the names do not wait for a read of all records,
// which may fail.
func (c *changer) adopt(ctx context.Context, lost orphans, revision int64) error {
	var conflict error
	write := func(kv *mvccpb.KeyValue, u *users) error {
		err := c.writeUsers(ctx, kv, u)
		if errors.Is(err, store.ErrConflict) {
			conflict, err = err, nil
		}
		return err
	}
	unknown := map[netip.Addr]*mvccpb.KeyValue{}
	for _, kv := range lost {
		addr, ours := c.addressOf(kv)
		if !ours {
			continue
		}
		u, err := c.usersBefore(ctx, kv)
		if err == nil && u == nil {
			unknown[addr] = kv
		} else if err == nil {
			err = write(kv, u)
		}
		if err != nil {
			return err
		}
	}
	found, err := c.findUsers(ctx, slices.Collect(maps.Keys(unknown)), revision)
	for addr, u := range found {
		if err == nil {
			err = write(unknown[addr], u)
		}
	}
	return cmp.Or(err, conflict)
}

// writeUsers writes names into a status key that is still what it was.
func (c *changer) writeUsers(ctx context.Context, kv *mvccpb.KeyValue, u *users) error {
	fields, _ := statusFields(kv.Value)
	if fields == nil {
		return nil
	}
	u.write(fields)
	value, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	still := clientv3.Compare(clientv3.ModRevision(string(kv.Key)), "=", kv.ModRevision)
	_, err = c.records.store.Commit(ctx, []clientv3.Cmp{still}, []clientv3.Op{putStatus(kv, value)})
	return err
}

// putStatus gives a status key a value. One that a person has made for a time,
// under a lease of etcd, goes with it as before.
func putStatus(now *mvccpb.KeyValue, value []byte) clientv3.Op {
	return clientv3.OpPut(string(now.Key), string(value), clientv3.WithLease(clientv3.LeaseID(now.Lease)))
}

// maxOverwrites is how often in a row a person may have written over a key for
// its names to be found in etcd's past.
const maxOverwrites = 8

// usersBefore are the names that a status key listed before a person wrote over
// it: no change has touched the key since, or it would have adopted it. They are
// nil where that is not known: the key is new, or the past compacted.
func (c *changer) usersBefore(ctx context.Context, kv *mvccpb.KeyValue) (*users, error) {
	for range maxOverwrites {
		if kv.Version == 1 {
			return nil, nil
		}
		resp, err := c.records.store.Client().Get(ctx, string(kv.Key), clientv3.WithRev(kv.ModRevision-1))
		if errors.Is(err, rpctypes.ErrCompacted) || err == nil && len(resp.Kvs) == 0 {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		kv = resp.Kvs[0]
		if !orphaned(kv.Value) {
			if _, u := statusFields(kv.Value); u != nil && len(u.listed) > 0 {
				return u, nil
			}
			return nil, nil
		}
	}
	return nil, nil
}
