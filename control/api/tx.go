package api

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/control/store"
	"github.com/ipdcode/skydns/dataplane/wire"
)

const (
	// attempts is how often a change is worked out anew while others change
	// the same keys, and pause how long it waits before, on average.
	attempts = 50
	pause    = 2 * time.Millisecond
)

// changer makes changes.
type changer struct {
	records     *records
	monitorPath string
}

// do works out a change and commits it, until nothing that it looked at has
// changed meanwhile.
func (c *changer) do(ctx context.Context, work func(*tx) error) error {
	for range attempts {
		t := &tx{ctx: ctx, records: c.records, names: map[string]*nameState{}}
		if err := work(t); err != nil {
			return err
		}
		err := c.commit(t)
		if err == nil {
			return nil
		}
		if errors.Is(err, rpctypes.ErrTooManyOps) || errors.Is(err, rpctypes.ErrRequestTooLarge) {
			return fail(http.StatusRequestEntityTooLarge, "too much for one transaction of etcd (its max-txn-ops and max-request-bytes)")
		}
		if !errors.Is(err, store.ErrConflict) && !errors.Is(err, rpctypes.ErrCompacted) {
			return err
		}
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
	if len(ops) == 0 {
		return nil
	}
	cs, os, err := c.status(t)
	if err != nil {
		return err
	}
	_, err = c.records.store.Commit(t.ctx, append(compares, cs...), append(ops, os...))
	return err
}

// tx is a change being worked out: the names that it looks at as they were at
// one revision of etcd, and as they are to be.
type tx struct {
	ctx      context.Context
	records  *records
	revision int64 // 0: nothing is read yet
	names    map[string]*nameState
}

// nameState is one name in a tx.
type nameState struct {
	name []byte
	now  []item
	want map[string][]byte // key to value of what is to be written
	gone map[string]item   // what is to be removed, by key
}

// at is the state of a name, read when first asked for.
func (t *tx) at(name []byte) (*nameState, error) {
	if n := t.names[string(name)]; n != nil {
		return n, nil
	}
	items, revision, err := t.records.at(t.ctx, name, t.revision)
	if err != nil {
		return nil, err
	}
	t.revision = revision
	n := &nameState{name: name, now: items, want: map[string][]byte{}, gone: map[string]item{}}
	t.names[string(name)] = n
	return n, nil
}

// put adds a record, or makes it anew if it is there.
func (n *nameState) put(m record.Message) error {
	key, value, err := record.New(n.name, m)
	if err != nil {
		return fail(http.StatusBadRequest, "%v", err)
	}
	delete(n.gone, key)
	n.want[key] = value
	return nil
}

// drop removes a record.
func (n *nameState) drop(i item) { n.gone[i.key] = i }

// rrs are the RRs that the name will have.
func (n *nameState) rrs() ([]record.RR, error) {
	var rrs []record.RR
	for _, i := range n.now {
		_, gone := n.gone[i.key]
		if _, anew := n.want[i.key]; !gone && !anew {
			rrs = append(rrs, i.rrs...)
		}
	}
	for key, value := range n.want {
		rec, err := record.Parse(key, value)
		if err != nil {
			return nil, err
		}
		rrs = append(rrs, rec.RRs(n.name)...)
	}
	return rrs, nil
}

// aliases are the names that the name will be an alias of, each once, in
// lower case, and whether it will have records of another type.
func (n *nameState) aliases() (targets []string, others bool, err error) {
	rrs, err := n.rrs()
	for _, rr := range rrs {
		if rr.Type != wire.TypeCNAME {
			others = true
			continue
		}
		if target := wire.NameString(wire.AppendLower(nil, rr.Data)); !slices.Contains(targets, target) {
			targets = append(targets, target)
		}
	}
	return targets, others, err
}

// writes are what turns the name's state into the wanted one, and the
// compares that keep it from others' changes since revision: no record of ours
// was added or changed, and none that is removed has vanished.
func (n *nameState) writes(revision int64) ([]clientv3.Cmp, []clientv3.Op) {
	unchanged := func(bounds [2]string) clientv3.Cmp {
		return clientv3.Compare(clientv3.ModRevision(bounds[0]), "<", revision+1).WithRange(bounds[1])
	}
	key := record.NameKey(n.name)
	compares := []clientv3.Cmp{unchanged(single(strings.TrimSuffix(key, "/"))), unchanged(prefixed(key + record.ItemPrefix))}
	var ops []clientv3.Op
	for key, value := range n.want {
		if !slices.ContainsFunc(n.now, func(i item) bool { return i.key == key && bytes.Equal(i.value, value) }) {
			ops = append(ops, clientv3.OpPut(key, string(value)))
		}
	}
	for key, i := range n.gone {
		compares = append(compares, clientv3.Compare(clientv3.ModRevision(key), "=", i.changed))
		ops = append(ops, clientv3.OpDelete(key))
	}
	return compares, ops
}
