package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
)

// minWait and maxWait bound the pause before etcd is tried again.
const (
	minWait = 50 * time.Millisecond
	maxWait = 2 * time.Second
)

var (
	errReplaced = errors.New("etcd was restored or replaced")
	errBehind   = errors.New("this member of etcd is behind the others")
	errSilent   = fmt.Errorf("no word from etcd for %v", deadAfter)
)

// Follow delivers what the keys with one of the prefixes hold, and every
// change to them, until ctx ends. The prefixes must not contain one another.
// A receiver that is slow is waited for. It returns ctx's error.
func (s *Store) Follow(ctx context.Context, prefixes []string, out chan<- Batch) error {
	f := &follower{Store: s, prefixes: prefixes, out: out}
	for wait := minWait; ; {
		err := f.turn(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if errors.Is(err, errReplaced) || errors.Is(err, rpctypes.ErrCompacted) {
			f.next = nil
		}
		if s.lost(err) {
			wait = minWait
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait + rand.N(wait)):
			wait = min(2*wait, maxWait)
		}
	}
}

// follower is one Follow under way.
type follower struct {
	*Store
	prefixes []string
	out      chan<- Batch

	next  []int64 // per prefix, the revision to watch from; nil: list first
	begun []int64 // next as it was when the watch under way began

	cluster, term uint64 // of the etcd that next is about
}

// turn lists if need be and watches until something is wrong. The probe before
// a list tells within callTimeout that etcd cannot be reached.
func (f *follower) turn(ctx context.Context) error {
	if err := f.probe(ctx); err != nil {
		return err
	}
	if f.next == nil {
		if err := f.list(ctx); err != nil {
			return err
		}
		if err := f.probe(ctx); err != nil {
			return err
		}
	}
	return f.watch(ctx)
}

// probe asks the majority of etcd whether it is there and, once it was listed,
// whether it is still the same: the same cluster, at no lower revision, in no
// lower term.
func (f *follower) probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	resp, err := f.client.Get(ctx, f.prefixes[0])
	if err != nil {
		return f.plain(err)
	}
	if f.next == nil {
		return nil
	}
	return f.check(resp.Header)
}

func (f *follower) check(h *pb.ResponseHeader) error {
	last := int64(0)
	for _, next := range f.next {
		last = max(last, next-1)
	}
	if h.ClusterId != f.cluster || h.RaftTerm < f.term || h.Revision < last {
		return errReplaced
	}
	f.term = h.RaftTerm
	f.heard(last)
	return nil
}

// send delivers a batch.
func (f *follower) send(ctx context.Context, b Batch) error {
	select {
	case f.out <- b:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
