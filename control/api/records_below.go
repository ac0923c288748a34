package api

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"

	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// maxBelow is how many keys below an alias are looked at: a CNAME that is in the
// way all the same is not served, and reported.
const maxBelow = 256

// alone refuses aliases (of a tx's names, as of its revision) where a record of
// another program lies further below: it counts for the alias's name too, whose
// CNAME would not be served beside it. Right below, it is one of the name's items.
func (r *records) alone(ctx context.Context, aliases [][]byte, revision int64) error {
	for part := range slices.Chunk(aliases, maxOps) {
		var ops []clientv3.Op
		for _, name := range part {
			bounds := prefixed(record.NameKey(name))
			ops = append(ops, clientv3.OpGet(bounds[0], clientv3.WithRange(bounds[1]), clientv3.WithLimit(maxBelow), clientv3.WithRev(revision)))
		}
		resp, err := r.store.Client().Txn(ctx).Then(ops...).Commit()
		if err != nil {
			return fmt.Errorf("read below %s: %w", wire.NameString(part[0]), err)
		}
		for n, answer := range resp.Responses {
			for _, kv := range answer.GetResponseRange().Kvs {
				rec, err := record.Parse(string(kv.Key), kv.Value)
				if err == nil && r.countsFor(&rec, part[n]) {
					return fail(http.StatusConflict, "%s cannot be an alias: a record of another program below it counts for it too: %s", wire.NameString(part[n]), kv.Key)
				}
			}
		}
	}
	return nil
}

// countsFor tells that a record is another program's and counts for a name that
// is further up than the one above its own.
func (r *records) countsFor(rec *record.Record, name []byte) bool {
	if rec.Own || !bytes.Equal(r.zones.Zone(rec.Name), r.zones.Zone(name)) || wire.Labels(name) < record.Reverse(name) {
		return false
	}
	return wire.Labels(rec.Name) > wire.Labels(name)+1
}
