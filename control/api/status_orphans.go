package api

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"go.etcd.io/etcd/api/v3/mvccpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/control/store"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// orphans are status keys that a person has written, without the names that
// have the addresses. A change of such a name is worked out again once they
// are adopted.
type orphans []*mvccpb.KeyValue

func (o orphans) Error() string { return "status keys without domains" }

// adopt writes the names that have the addresses into status keys, whose other
// fields stay. Every name that has come or gone since has changed the key too,
// so that the compare finds it; the error is ErrConflict if it does for one of them.
func (c *changer) adopt(ctx context.Context, lost orphans, revision int64) (changed error) {
	known := make([]*users, len(lost))
	unknown := map[netip.Addr]*users{}
	for n, kv := range lost {
		var err error
		if known[n], err = c.usersBefore(ctx, kv); err != nil {
			return err
		}
		if addr, ok := c.addressOf(kv); ok && known[n] == nil {
			known[n] = new(users)
			unknown[addr] = known[n]
		}
	}
	if err := c.findUsers(ctx, unknown, revision); err != nil {
		return err
	}
	for n, kv := range lost {
		fields, _ := statusFields(kv.Value)
		if known[n] == nil || fields == nil {
			continue
		}
		known[n].write(fields)
		value, err := json.Marshal(fields)
		if err != nil {
			return err
		}
		still := clientv3.Compare(clientv3.ModRevision(string(kv.Key)), "=", kv.ModRevision)
		_, err = c.records.store.Commit(ctx, []clientv3.Cmp{still}, []clientv3.Op{clientv3.OpPut(string(kv.Key), string(value))})
		if errors.Is(err, store.ErrConflict) {
			changed = err
		} else if err != nil {
			return err
		}
	}
	return changed
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

// findUsers finds the names that have addresses. All records are read: that
// takes seconds where there are a million.
func (c *changer) findUsers(ctx context.Context, of map[netip.Addr]*users, revision int64) error {
	if len(of) == 0 {
		return nil
	}
	found := map[netip.Addr]map[string]bool{}
	for addr := range of {
		found[addr] = map[string]bool{}
	}
	err := c.records.own(ctx, revision, func(rec *record.Record) {
		addr, _ := rec.Message.Addr()
		if names := found[addr]; names != nil {
			names[wire.NameString(rec.Name)] = true
		}
	})
	for addr, names := range found {
		for _, name := range slices.Sorted(maps.Keys(names)) {
			of[addr].apply(name, false, true)
		}
	}
	return err
}

// addressOf is the address that a status key is about.
func (c *changer) addressOf(kv *mvccpb.KeyValue) (netip.Addr, bool) {
	addr, err := netip.ParseAddr(strings.TrimPrefix(string(kv.Key), c.monitorPath))
	return addr, err == nil
}

// own gives each record of ours in all zones, as of a revision.
func (r *records) own(ctx context.Context, revision int64, each func(*record.Record)) error {
	for _, zone := range r.zones.List() {
		if r.zones.Zone(wire.Parent(zone)) != nil {
			continue // read with the zone above
		}
		key := record.NameKey(zone)
		_, err := r.scan(ctx, prefixed(key), revision, func(kv *mvccpb.KeyValue) {
			if rec, err := record.Parse(string(kv.Key), kv.Value); err == nil && rec.Own {
				each(&rec)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}
