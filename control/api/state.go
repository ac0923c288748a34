package api

import (
	"bytes"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// nameState is one name in a tx.
type nameState struct {
	name []byte
	now  []item
	want map[string]item // what is to be written, by key; changed is 0
	gone map[string]item // what is to be removed, by key
}

// newNameState is a name with the items that it has now.
func newNameState(name []byte, now []item) *nameState {
	return &nameState{name: name, now: now, want: map[string]item{}, gone: map[string]item{}}
}

// stored is the item that the key has now.
func (n *nameState) stored(key string) (item, bool) {
	at := slices.IndexFunc(n.now, func(i item) bool { return i.key == key })
	if at < 0 {
		return item{}, false
	}
	return n.now[at], true
}

// put adds a record, or makes it anew if it is there.
func (n *nameState) put(m record.Message) error {
	key, value, err := record.New(n.name, m)
	if err != nil {
		return fail(http.StatusBadRequest, "%v", err)
	}
	rec, err := record.Parse(key, value)
	if err != nil {
		return fail(http.StatusBadRequest, "%v", err)
	}
	i := item{key: key, value: value, record: rec}
	for _, rr := range rec.RRs(n.name) {
		if bytes.Equal(rr.Name, n.name) {
			i.rrs = append(i.rrs, rr)
		}
	}
	delete(n.gone, key)
	n.want[key] = i
	return nil
}

// drop removes a record, of those that were there or of those that were put.
func (n *nameState) drop(i item) {
	delete(n.want, i.key)
	if now, ok := n.stored(i.key); ok {
		n.gone[i.key] = now
	}
}

// items are those that the name will have.
func (n *nameState) items() []item {
	list := make([]item, 0, len(n.now)+len(n.want))
	for _, i := range n.now {
		_, gone := n.gone[i.key]
		if _, anew := n.want[i.key]; !gone && !anew {
			list = append(list, i)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(n.want)) {
		list = append(list, n.want[key])
	}
	return list
}

// aliases are the names that the name will be an alias of, each once, in
// lower case, and whether it will have records of another type.
func (n *nameState) aliases() (targets []string, others bool) {
	for _, i := range n.items() {
		for _, rr := range i.rrs {
			if rr.Type != wire.TypeCNAME {
				others = true
				continue
			}
			if target := wire.NameString(wire.AppendLower(nil, rr.Data)); !slices.Contains(targets, target) {
				targets = append(targets, target)
			}
		}
	}
	return targets, others
}

// asWanted reports whether nothing of the name is to be written.
func (n *nameState) asWanted() bool {
	for key, i := range n.want {
		if now, there := n.stored(key); !there || !bytes.Equal(now.value, i.value) {
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
		now, there := n.stored(key)
		if there {
			compares = append(compares, now.still())
		}
		if !there || !bytes.Equal(now.value, i.value) {
			ops = append(ops, clientv3.OpPut(key, string(i.value)))
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

// dropAddress removes the A or AAAA of an address, and tells which these were.
func (n *nameState) dropAddress(addr netip.Addr) []item {
	var found []item
	for _, i := range n.items() {
		for _, rr := range i.rrs {
			if at, ok := netip.AddrFromSlice(rr.Data); isAddress(rr.Type) && ok && at == addr {
				n.drop(i)
				found = append(found, i)
				break
			}
		}
	}
	return found
}

// alias is the record that makes the name an alias of target.
func (n *nameState) alias(target string) (item, bool) {
	for _, i := range n.items() {
		for _, rr := range i.rrs {
			if rr.Type == wire.TypeCNAME && wire.NameString(wire.AppendLower(nil, rr.Data)) == target {
				return i, true
			}
		}
	}
	return item{}, false
}
