package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"
)

const (
	// askEvery is how often a watch is asked for its progress, which it
	// answers although nothing changed.
	askEvery = time.Second

	// deadAfter is how long a watch may be silent before it is replaced.
	deadAfter = 3 * time.Second

	// ahead is how many responses wait for a receiver that is slow, each with
	// the time of its own arrival.
	ahead = 16
)

// response is what the watch of one prefix said.
type response struct {
	prefix   int
	received time.Time
	clientv3.WatchResponse
}

// watch follows all prefixes from next on, and keeps next up to date. It
// returns what made it end.
func (f *follower) watch(ctx context.Context) error {
	ctx, cancel := context.WithCancel(clientv3.WithRequireLeader(ctx))
	defer cancel()
	responses := make(chan response, ahead)
	f.begun = slices.Clone(f.next)
	for i := range f.prefixes {
		go f.forward(ctx, i, f.next[i], responses)
	}
	go f.ask(ctx)

	silence := time.NewTimer(deadAfter)
	defer silence.Stop()
	for {
		select {
		case r := <-responses:
			if err := f.take(ctx, r); err != nil {
				return err
			}
			silence.Reset(deadAfter)
		case <-silence.C:
			return errSilent
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// forward watches one prefix and passes on what the watch says; its end as a
// response that is canceled. Already the beginning of a watch waits for etcd.
//
// It begins one revision early, with changes that take leaves out: etcd
// reports no progress of a watch that begins in the future.
func (f *follower) forward(ctx context.Context, prefix int, next int64, to chan<- response) {
	watch := f.watcher.Watch(ctx, f.prefixes[prefix], clientv3.WithPrefix(), clientv3.WithRev(next-1), clientv3.WithProgressNotify())
	for open := true; open; {
		var r clientv3.WatchResponse
		if r, open = <-watch; !open {
			r.Canceled = true
		}
		select {
		case to <- response{prefix, time.Now(), r}:
		case <-ctx.Done():
			return
		}
	}
}

// ask requests progress until ctx ends.
func (f *follower) ask(ctx context.Context) {
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			// An error shows as silence.
			_ = f.watcher.RequestProgress(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// take delivers the changes of a response. A member of etcd that knows less
// than we do is either behind or not the same etcd any more: the error makes
// the next turn ask the majority.
//
// A change behind a progress that claims it as delivered is delivered all the
// same: etcd before 3.4.25 and 3.5.8 reports progress to a watch that is not
// caught up (its issue 15220).
func (f *follower) take(ctx context.Context, r response) error {
	if err := r.Err(); err != nil {
		return plain(err)
	}
	if r.Canceled {
		return errors.New("the watch ended")
	}
	if r.IsProgressNotify() {
		if r.Header.Revision < f.next[r.prefix]-1 {
			return errBehind
		}
		f.next[r.prefix] = r.Header.Revision + 1
		f.state.lag.Store(0)
		f.heard(r.Header.Revision)
		return nil
	}
	events := make([]Event, 0, len(r.Events))
	last := f.next[r.prefix] - 1
	for _, e := range r.Events {
		if e.Kv.ModRevision >= f.begun[r.prefix] {
			events = append(events, Event{Key: string(e.Kv.Key), Value: e.Kv.Value, Deleted: e.Type == mvccpb.Event_DELETE})
			last = e.Kv.ModRevision
		}
	}
	if len(events) == 0 {
		return nil
	}
	if err := f.send(ctx, Batch{Kind: Changes, Revision: last, Received: r.received, Events: events}); err != nil {
		return err
	}
	f.next[r.prefix] = last + 1
	f.state.lag.Store(r.Header.Revision - last)
	f.heard(last)
	return nil
}
