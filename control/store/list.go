package store

import (
	"context"
	"fmt"
	"time"

	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const (
	// Keys of a page, at first and at most, and the octets that a page should
	// have. etcd counts all keys behind a page for each, so that few large
	// ones are read many times faster than many small ones.
	firstPage = 10_000
	maxPage   = 100_000
	pageBytes = 16 << 20

	// pageTimeout bounds one page, or the wait for a piece of a stream.
	pageTimeout = 30 * time.Second
)

var errStalled = fmt.Errorf("nothing came for %v", pageTimeout)

// list delivers all keys of all prefixes at one revision, and leaves next
// where the watch has to begin.
func (f *follower) list(ctx context.Context) error {
	start := time.Now()
	revision, count, err := f.beginning(ctx)
	if err != nil {
		return fmt.Errorf("begin a list: %w", f.plain(err))
	}
	if err := f.send(ctx, Batch{Kind: SyncBegin, Count: count, Revision: revision, Received: start}); err != nil {
		return err
	}
	for _, prefix := range f.prefixes {
		err := f.stream(ctx, prefix, revision)
		if status.Code(err) == codes.Unimplemented {
			err = f.pages(ctx, prefix, revision)
		}
		if err != nil {
			return fmt.Errorf("list %s: %w", prefix, f.plain(err))
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
	f.log.Info().Int64("keys", count).Int64("revision", revision).Dur("took-ms", time.Since(start)).Msg("etcd listed")
	return nil
}

// beginning notes which etcd it is, and gives its revision and how many keys
// the list will have.
func (f *follower) beginning(ctx context.Context) (revision, count int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, pageTimeout)
	defer cancel()
	for _, prefix := range f.prefixes {
		resp, err := f.client.Get(ctx, prefix, clientv3.WithPrefix(), clientv3.WithCountOnly(), clientv3.WithRev(revision))
		if err != nil {
			return 0, 0, err
		}
		if revision == 0 {
			revision = resp.Header.Revision
			f.cluster, f.term = resp.Header.ClusterId, resp.Header.RaftTerm
		}
		count += resp.Count
	}
	return revision, count, nil
}

// stream delivers the keys with a prefix by etcd's RangeStream, which servers
// have from version 3.7 on.
func (f *follower) stream(ctx context.Context, prefix string, revision int64) error {
	ctx, cancel := context.WithCancel(ctx)
	pieces, err := f.client.GetStream(ctx, prefix, clientv3.WithPrefix(), clientv3.WithRev(revision))
	if err != nil {
		cancel()
		return err
	}
	defer func() {
		cancel()
		for range pieces { // lets the client's goroutine end
		}
	}()
	stall := time.NewTimer(pageTimeout)
	defer stall.Stop()
	for {
		select {
		case piece, more := <-pieces:
			if !more {
				return nil
			}
			if err := piece.Err(); err != nil {
				return err
			}
			if err := f.items(ctx, piece.Kvs, revision); err != nil {
				return err
			}
			stall.Reset(pageTimeout)
		case <-stall.C:
			return errStalled
		}
	}
}

// pages delivers the keys with a prefix by one request a page.
func (f *follower) pages(ctx context.Context, prefix string, revision int64) error {
	limit := int64(firstPage)
	for from, to := prefix, PrefixEnd(prefix); ; {
		page, err := f.page(ctx, from, to, limit, revision)
		if err != nil {
			return err
		}
		if err := f.items(ctx, page.Kvs, revision); err != nil {
			return err
		}
		if !page.More || len(page.Kvs) == 0 {
			return nil
		}
		from = After(page.Kvs[len(page.Kvs)-1].Key)
		limit = nextLimit(page.Kvs)
	}
}

// nextLimit is how many keys like those of a page make one of pageBytes.
func nextLimit(kvs []*mvccpb.KeyValue) int64 {
	size := 1
	for _, kv := range kvs {
		size += len(kv.Key) + len(kv.Value)
	}
	return int64(max(1, min(maxPage, pageBytes*len(kvs)/size)))
}

// page reads up to limit keys.
func (f *follower) page(ctx context.Context, from, to string, limit, revision int64) (*clientv3.GetResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, pageTimeout)
	defer cancel()
	return f.client.Get(ctx, from, clientv3.WithRange(to), clientv3.WithLimit(limit), clientv3.WithRev(revision))
}

// items delivers a part of a list.
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
