package api

import (
	"bytes"
	"iter"
	"net/http"
	"slices"
	"strings"

	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/control/record"
)

// nameState is one name in a tx.
type nameState struct {
	name, zone []byte
	owners     []string // users whose records it has now, each once
	now        map[string]item
	want       map[string]item // what is to be written, by key; changed is 0
	gone       map[string]item // what is to be removed, by key

	will  []item         // those that it will have; one that was removed since has no key
	place map[string]int // in will, by key
}

// newNameState is a name in a zone with the items that it has now.
func newNameState(name, zone []byte, now []item) *nameState {
	n := &nameState{
		name: name, zone: zone, will: now, now: make(map[string]item, len(now)),
		want: map[string]item{}, gone: map[string]item{}, place: make(map[string]int, len(now)),
	}
	for at, i := range now {
		n.now[i.key], n.place[i.key] = i, at
		if owner := i.owner(); owner != "" && !slices.Contains(n.owners, owner) {
			n.owners = append(n.owners, owner)
		}
	}
	return n
}

// put adds a record, or makes it anew if it is there.
func (n *nameState) put(m record.Message) error { return n.putLeased(m, 0) }

// putLeased is put for a record that goes with a lease of etcd, if that is not 0.
func (n *nameState) putLeased(m record.Message, lease clientv3.LeaseID) error {
	key, value, err := record.New(n.name, m)
	if err != nil {
		return fail(http.StatusBadRequest, "%v", err)
	}
	return n.set(key, value, lease)
}

// set gives a key a value, which must be a record's.
func (n *nameState) set(key string, value []byte, lease clientv3.LeaseID) error {
	rec, err := record.Parse(key, value)
	if err != nil {
		return fail(http.StatusBadRequest, "%v", err)
	}
	i := item{key: key, value: value, lease: lease, record: rec}
	for _, rr := range rec.RRs(n.zone) {
		if bytes.Equal(rr.Name, n.name) {
			i.rrs = append(i.rrs, rr)
		}
	}
	delete(n.gone, key)
	n.want[key] = i
	at, there := n.place[key]
	if !there {
		at = len(n.will)
		n.will, n.place[key] = append(n.will, i), at
	}
	n.will[at] = i
	return nil
}

// drop removes a record, of those that were there or of those that were put.
func (n *nameState) drop(i item) {
	delete(n.want, i.key)
	if now, ok := n.now[i.key]; ok {
		n.gone[i.key] = now
	}
	if at, ok := n.place[i.key]; ok {
		n.will[at].key = ""
		delete(n.place, i.key)
	}
}

// items are those that the name will have. They may be dropped meanwhile.
func (n *nameState) items() iter.Seq[item] {
	return func(yield func(item) bool) {
		for at := range n.will {
			if n.will[at].key != "" && !yield(n.will[at]) {
				return
			}
		}
	}
}

// asWanted reports whether nothing of the name is to be written.
func (n *nameState) asWanted() bool {
	for key, i := range n.want {
		if now, there := n.now[key]; !there || !bytes.Equal(now.value, i.value) {
			return false
		}
	}
	return len(n.gone) == 0
}

// writes are what turns the name's state into the wanted one, and the
// compares that keep it from others' changes since revision: no record of ours
// was added or changed, and none has vanished that is changed, removed, or
// wanted as it is.
func (n *nameState) writes(revision int64) ([]clientv3.Cmp, []clientv3.Op) {
	unchanged := func(bounds [2]string) clientv3.Cmp {
		return clientv3.Compare(clientv3.ModRevision(bounds[0]), "<", revision+1).WithRange(bounds[1])
	}
	key := record.NameKey(n.name)
	compares := []clientv3.Cmp{unchanged(single(strings.TrimSuffix(key, "/"))), unchanged(prefixed(key + record.ItemPrefix))}
	var ops []clientv3.Op
	for key, i := range n.want {
		now, there := n.now[key]
		if there {
			compares = append(compares, now.still())
		}
		if !there || !bytes.Equal(now.value, i.value) {
			ops = append(ops, clientv3.OpPut(key, string(i.value), clientv3.WithLease(i.lease)))
		}
	}
	for key, i := range n.gone {
		compares = append(compares, i.still())
		ops = append(ops, clientv3.OpDelete(key))
	}
	return compares, ops
}

// still compares that the item is there as it was read.
func (i *item) still() clientv3.Cmp {
	return clientv3.Compare(clientv3.ModRevision(i.key), "=", i.changed)
}
