package api

import (
	"context"
	"encoding/json"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// orphans are status keys that a person has written, without the names that
// have the addresses. A change of such a name is worked out again once they
// are adopted.
type orphans []*mvccpb.KeyValue

func (o orphans) Error() string { return "status keys without domains" }

// adopt writes the names that have the addresses into status keys, whose other
// fields stay. Every name that has come or gone since has changed the key too,
// so that the compare finds it. All records are read: that takes seconds where
// there are a million.
func (c *changer) adopt(ctx context.Context, lost orphans, revision int64) error {
	found := map[netip.Addr]map[string]bool{}
	for _, kv := range lost {
		if addr, ok := c.addressOf(kv); ok {
			found[addr] = map[string]bool{}
		}
	}
	err := c.records.own(ctx, revision, func(rec *record.Record) {
		addr, _ := rec.Message.Addr()
		if names := found[addr]; names != nil {
			names[wire.NameString(rec.Name)] = true
		}
	})
	if err != nil {
		return err
	}
	for _, kv := range lost {
		addr, ok := c.addressOf(kv)
		fields, _ := statusFields(kv.Value)
		if !ok || fields == nil {
			continue
		}
		var u users
		for _, name := range slices.Sorted(maps.Keys(found[addr])) {
			u.apply(name, false, true)
		}
		u.write(fields)
		value, err := json.Marshal(fields)
		if err != nil {
			return err
		}
		still := clientv3.Compare(clientv3.ModRevision(string(kv.Key)), "=", kv.ModRevision)
		if _, err := c.records.store.Commit(ctx, []clientv3.Cmp{still}, []clientv3.Op{clientv3.OpPut(string(kv.Key), string(value))}); err != nil {
			return err
		}
	}
	return nil
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
