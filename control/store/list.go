package store

import (
	"context"
	"fmt"
	"time"

	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"
)

const (
	pageSize    = 10_000 // keys
	pageTimeout = 30 * time.Second
)

// list delivers all keys of all prefixes at one revision, and leaves next
// where the watch has to begin.
func (f *follower) list(ctx context.Context) error {
	start := time.Now()
	var revision int64
	total := 0
	for _, prefix := range f.prefixes {
		from, to := prefix, PrefixEnd(prefix)
		for more := true; more; {
			resp, err := f.page(ctx, from, to, revision)
			if err != nil {
				return fmt.Errorf("list %s: %w", prefix, plain(err))
			}
			if revision == 0 {
				revision = resp.Header.Revision
				f.cluster, f.term = resp.Header.ClusterId, resp.Header.RaftTerm
				if err := f.send(ctx, Batch{Kind: SyncBegin, Count: resp.Count, Revision: revision, Received: start}); err != nil {
					return err
				}
			}
			if err := f.items(ctx, resp.Kvs, revision); err != nil {
				return err
			}
			total += len(resp.Kvs)
			if more = resp.More && len(resp.Kvs) > 0; more {
				from = After(resp.Kvs[len(resp.Kvs)-1].Key)
			}
		}
	}
	if err := f.send(ctx, Batch{Kind: SyncEnd, Revision: revision, Received: time.Now()}); err != nil {
		return err
	}
	f.next = make([]int64, len(f.prefixes))
	for i := range f.next {
		f.next[i] = revision + 1
	}
	f.state.lists.Add(1)
	f.heard(revision)
	f.log.Info().Int("keys", total).Int64("revision", revision).Dur("took", time.Since(start)).Msg("etcd listed")
	return nil
}

// page reads up to pageSize keys.
func (f *follower) page(ctx context.Context, from, to string, revision int64) (*clientv3.GetResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, pageTimeout)
	defer cancel()
	return f.client.Get(ctx, from, clientv3.WithRange(to), clientv3.WithLimit(pageSize), clientv3.WithRev(revision))
}

// items delivers a page.
func (f *follower) items(ctx context.Context, kvs []*mvccpb.KeyValue, revision int64) error {
	if len(kvs) == 0 {
		return nil
	}
	events := make([]Event, len(kvs))
	for i, kv := range kvs {
		events[i] = Event{Key: string(kv.Key), Value: kv.Value}
	}
	return f.send(ctx, Batch{Kind: SyncItems, Revision: revision, Received: time.Now(), Events: events})
}
