package api

import (
	"context"
	"maps"
	"net/netip"
	"slices"

	"go.etcd.io/etcd/api/v3/mvccpb"

	"github.com/ipdcode/skydns/control/health"
	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// findUsers finds the names that have addresses. All records are read: that
// takes seconds where there are a million.
func (c *changer) findUsers(ctx context.Context, addrs []netip.Addr, revision int64) (map[netip.Addr]*users, error) {
	if len(addrs) == 0 {
		return nil, nil
	}
	names := map[netip.Addr]map[string]bool{}
	for _, addr := range addrs {
		names[addr] = map[string]bool{}
	}
	err := c.records.own(ctx, revision, func(rec *record.Record) {
		addr, _ := rec.Message.Addr()
		if has := names[addr]; has != nil {
			has[wire.NameString(rec.Name)] = true
		}
	})
	if err != nil {
		return nil, err
	}
	found := map[netip.Addr]*users{}
	for addr, has := range names {
		found[addr] = new(users)
		for _, name := range slices.Sorted(maps.Keys(has)) {
			found[addr].apply(name, false, true)
		}
	}
	return found, nil
}

// addressOf is the address that a status key is about. A key that spells it in
// another way than ours, which a person has made beside it, is none: names are
// in ours.
func (c *changer) addressOf(kv *mvccpb.KeyValue) (addr netip.Addr, ours bool) {
	addr, err := health.Addr(c.monitorPath, string(kv.Key))
	return addr, err == nil && string(kv.Key) == c.monitorPath+addr.String()
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
