package api

import (
	"context"
	"sync"
	"time"

	"github.com/tidwall/btree"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/control/record"
)

const (
	// indexIdle is how long an index is kept that nobody asks for.
	indexIdle = 5 * time.Minute

	// An index is asked for its progress every askPause, and made anew when it
	// has not caught up in catchUp: its watch is dead.
	askPause = 20 * time.Millisecond
	catchUp  = 2 * time.Second
)

// follower keeps the entries of an index equal to etcd. It ends by itself when
// its watch does, or when nobody asks.
type follower struct {
	watcher clientv3.Watcher
	ctx     context.Context // of the watch
	stop    context.CancelFunc

	mu       sync.Mutex
	entries  *btree.Set[string]
	revision int64         // of etcd, up to which entries are complete
	news     chan struct{} // closed when revision grows, and replaced
	ended    bool
	idle     *time.Timer // calls stop
}

// follow starts a follower of entries, which are those of a revision and become
// the follower's.
func follow(x *index, entries *btree.Set[string], revision int64) *follower {
	f := &follower{watcher: clientv3.NewWatcher(x.records.store.Client()), entries: entries, revision: revision, news: make(chan struct{})}
	f.ctx, f.stop = context.WithCancel(clientv3.WithRequireLeader(context.Background()))
	f.idle = time.AfterFunc(indexIdle, f.stop)
	go f.run(x, f.watcher.Watch(f.ctx, record.Prefix, clientv3.WithPrefix(), clientv3.WithRev(revision+1)))
	return f
}

// run takes what the watch says until it ends.
func (f *follower) run(x *index, responses clientv3.WatchChan) {
	for r := range responses {
		if r.Err() != nil {
			break
		}
		f.take(x, r)
	}
	f.stop()
	f.watcher.Close()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.idle.Stop()
	f.ended, f.entries = true, nil
	close(f.news)
}

// take works in what the watch says. All changes up to the last one that it
// has, and up to a progress that it reports, have been said.
func (f *follower) take(x *index, r clientv3.WatchResponse) {
	f.mu.Lock()
	defer f.mu.Unlock()
	revision := f.revision
	if r.IsProgressNotify() {
		revision = max(revision, r.Header.Revision)
	}
	for _, e := range r.Events {
		revision = max(revision, e.Kv.ModRevision)
		entry := x.entry(string(e.Kv.Key))
		switch {
		case entry == "":
		case e.Type == clientv3.EventTypeDelete:
			f.entries.Delete(entry)
		default:
			f.entries.Insert(entry)
		}
	}
	if revision > f.revision {
		f.revision = revision
		close(f.news)
		f.news = make(chan struct{})
	}
}

// upTo waits for a revision, and gives the entries as of that or a later one.
// It is not ok where the watch has ended, or says nothing.
func (f *follower) upTo(ctx context.Context, revision int64) (entries *btree.Set[string], at int64, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, catchUp)
	defer cancel()
	for {
		f.mu.Lock()
		if f.ended {
			f.mu.Unlock()
			return nil, 0, false
		}
		if f.revision >= revision {
			defer f.mu.Unlock()
			f.idle.Reset(indexIdle)
			return f.entries.Copy(), f.revision, true
		}
		news := f.news
		f.mu.Unlock()
		if f.watcher.RequestProgress(clientv3.WithRequireLeader(ctx)) != nil { // which waits for etcd
			return nil, 0, false
		}
		select {
		case <-news:
		case <-time.After(askPause):
		case <-ctx.Done():
			return nil, 0, false
		}
	}
}
