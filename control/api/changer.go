package api

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc/codes"

	"github.com/ipdcode/skydns/control/store"
)

const (
	// maxWrites is how many keys a change may write: what the largest etcd that
	// we set up takes in one transaction.
	maxWrites = 10_000

	// attempts is how often a change is worked out anew while others change
	// the same keys, and pause how long it waits before, on average.
	attempts = 50
	pause    = 2 * time.Millisecond
)

var errTooMuch = fail(http.StatusRequestEntityTooLarge, "too much for one transaction of etcd: make it in parts, or start etcd with --max-txn-ops=10000 --max-request-bytes=10485760")

// changer makes changes.
type changer struct {
	records     *records
	monitorPath string
	retries     prometheus.Counter
}

// do works out a change and commits it, until nothing that it looked at has
// changed meanwhile, and nothing of it was compacted away. It takes no longer
// than timeout, and listTimeout more where status keys are to be adopted.
func (c *changer) do(base context.Context, timeout time.Duration, work func(*tx) error) error {
	longer, cancel := context.WithTimeout(base, timeout+listTimeout)
	defer cancel()
	ctx, cancel := context.WithTimeout(longer, timeout)
	defer cancel()
	for range attempts {
		t := &tx{ctx: ctx, records: c.records, names: map[string]*nameState{}}
		err := work(t)
		if err == nil {
			err = c.commit(t)
		}
		if err == nil {
			return nil
		}
		if lost := orphans(nil); errors.As(err, &lost) {
			ctx = longer
			if err = c.adopt(ctx, lost, t.revision); err == nil {
				continue
			}
		}
		if errors.Is(err, rpctypes.ErrTooManyOps) || errors.Is(err, rpctypes.ErrRequestTooLarge) {
			return errTooMuch
		}
		if !errors.Is(err, store.ErrConflict) && !errors.Is(err, rpctypes.ErrCompacted) && !errors.Is(err, rpctypes.ErrLeaseNotFound) {
			return err
		}
		c.retries.Inc()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(rand.N(2 * pause)):
		}
	}
	return fail(http.StatusConflict, "others change the same records all the time: try again")
}

// commit writes what differs from what t has read.
func (c *changer) commit(t *tx) error {
	var compares []clientv3.Cmp
	var ops []clientv3.Op
	for _, n := range t.names {
		cs, os := n.writes(t.revision)
		compares, ops = append(compares, cs...), append(ops, os...)
	}
	ops, err := once(ops)
	if err != nil {
		return err
	}
	switch {
	case len(ops) == 0:
		return nil
	case len(ops) > maxWrites:
		return errTooMuch
	}
	cs, os, err := c.status(t)
	if err = cmp.Or(err, t.ctx.Err()); err != nil {
		return err // nothing is sent
	}
	revision, err := c.records.store.Commit(t.ctx, append(compares, cs...), append(ops, os...))
	if err == nil {
		t.committed = revision
		return nil
	}
	t.unknown = unknown(err)
	if t.ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded) {
		return fail(http.StatusServiceUnavailable, "etcd does not answer: whether the change is made is not known, look before you try again")
	}
	return err
}

// once is ops with each key once. A record of another program, and one of ours
// with a service and its address, is at two names: they may not make of it two
// different things.
func once(ops []clientv3.Op) ([]clientv3.Op, error) {
	seen := make(map[string]clientv3.Op, len(ops))
	list := ops[:0]
	for _, op := range ops {
		key := string(op.KeyBytes())
		before, twice := seen[key]
		if twice && (before.IsPut() != op.IsPut() || !bytes.Equal(before.ValueBytes(), op.ValueBytes())) {
			return nil, fail(http.StatusConflict, "the changes of %s contradict each other: make them one after the other", key)
		}
		if !twice {
			seen[key] = op
			list = append(list, op)
		}
	}
	return list, nil
}

// unknown tells that an error of a commit leaves open whether etcd has taken it:
// all but etcd's own refusals do.
func unknown(err error) bool {
	var refusal rpctypes.EtcdError
	if errors.As(err, &refusal) {
		return refusal.Code() == codes.Unavailable || refusal.Code() == codes.Unknown
	}
	return !errors.Is(err, store.ErrConflict)
}
