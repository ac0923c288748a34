package api

import (
	"bytes"
	"context"
	"slices"

	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/control/store"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// records reads records from etcd. Keys and values that record.Parse does not
// understand are in no list: the watch reports them.
type records struct {
	store *store.Store
	zones *record.Domains // all that the node answers for
}

// item is a record that counts for a name.
type item struct {
	key     string
	value   []byte
	changed int64 // the revision of the key's last change
	lease   clientv3.LeaseID
	record  record.Record
	rrs     []record.RR // those at the name
}

// owner is the user whose record it is; empty: nobody's.
func (i *item) owner() string { return i.record.Message.User }

// itemAt is what a key and value say of name, if anything: also that the value
// at the name's own key, or at an item of ours, is not understood.
func (r *records) itemAt(name []byte, kv *mvccpb.KeyValue) (item, bool) {
	i := item{key: string(kv.Key), value: kv.Value, changed: kv.ModRevision, lease: clientv3.LeaseID(kv.Lease)}
	rec, err := record.Parse(string(kv.Key), kv.Value)
	if err != nil {
		self, err := record.KeyName(i.key)
		return i, err == nil && (bytes.Equal(self, name) || record.IsItem(self) && bytes.Equal(wire.Parent(self), name))
	}
	i.record = rec
	for _, rr := range rec.RRs(r.zones.Zone(rec.Name)) {
		if bytes.Equal(rr.Name, name) {
			i.rrs = append(i.rrs, rr)
		}
	}
	return i, len(i.rrs) > 0
}

// garbage tells that the item's value is not understood: it has no records, and
// whose it is nobody knows.
func (i *item) garbage() bool { return len(i.rrs) == 0 }

// get gives each of the records with these keys, as of a revision, with its RRs
// at the name that lists show.
func (r *records) get(ctx context.Context, keys []string, revision int64, each func(item)) error {
	return r.values(ctx, keys, revision, func(kv *mvccpb.KeyValue) {
		rec, err := record.Parse(string(kv.Key), kv.Value)
		if err == nil {
			each(item{key: string(kv.Key), record: rec, rrs: listed(rec.RRs(r.zones.Zone(rec.Name)))})
		}
	})
}

// exported are listed, and the address of the key's own name where these point
// to that: without it the target of an SRV would have none.
func exported(rec *record.Record, zone []byte) []record.RR {
	rrs := listed(slices.Clone(rec.RRs(zone)))
	pointed := slices.ContainsFunc(rrs, func(rr record.RR) bool { return rr.Type == wire.TypeSRV || rr.Type == wire.TypeMX })
	for _, rr := range rec.Stated() {
		if pointed && isAddress(rr.Type) && !bytes.Equal(rr.Name, rrs[0].Name) {
			rrs = append(rrs, rr)
		}
	}
	return rrs
}

func isAddress(rrtype uint16) bool { return rrtype == wire.TypeA || rrtype == wire.TypeAAAA }

// listed are the RRs at the highest of the names that a record counts for: at
// the others it is answered too, but they are names of items.
func listed(rrs []record.RR) []record.RR {
	top := slices.MinFunc(rrs, func(a, b record.RR) int { return len(a.Name) - len(b.Name) }).Name
	return slices.DeleteFunc(rrs, func(rr record.RR) bool { return !bytes.Equal(rr.Name, top) })
}
