package api

import (
	"bytes"
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
	want map[string][]byte // key to value of what is to be written
	gone map[string]item   // what is to be removed, by key
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
// was added or changed, and none that is changed or removed has vanished.
func (n *nameState) writes(revision int64) ([]clientv3.Cmp, []clientv3.Op) {
	unchanged := func(bounds [2]string) clientv3.Cmp {
		return clientv3.Compare(clientv3.ModRevision(bounds[0]), "<", revision+1).WithRange(bounds[1])
	}
	key := record.NameKey(n.name)
	compares := []clientv3.Cmp{unchanged(single(strings.TrimSuffix(key, "/"))), unchanged(prefixed(key + record.ItemPrefix))}
	var ops []clientv3.Op
	for key, value := range n.want {
		at := slices.IndexFunc(n.now, func(i item) bool { return i.key == key })
		if at >= 0 && bytes.Equal(n.now[at].value, value) {
			continue
		}
		if at >= 0 {
			compares = append(compares, clientv3.Compare(clientv3.ModRevision(key), "=", n.now[at].changed))
		}
		ops = append(ops, clientv3.OpPut(key, string(value)))
	}
	for key, i := range n.gone {
		compares = append(compares, clientv3.Compare(clientv3.ModRevision(key), "=", i.changed))
		ops = append(ops, clientv3.OpDelete(key))
	}
	return compares, ops
}

// dropAddress removes the A or AAAA of an address, and tells which these were.
func (n *nameState) dropAddress(addr netip.Addr) []item {
	var found []item
	for _, i := range n.now {
		for _, rr := range i.rrs {
			isAddr := rr.Type == wire.TypeA || rr.Type == wire.TypeAAAA
			if at, ok := netip.AddrFromSlice(rr.Data); isAddr && ok && at == addr {
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
	for _, i := range n.now {
		for _, rr := range i.rrs {
			if rr.Type == wire.TypeCNAME && wire.NameString(wire.AppendLower(nil, rr.Data)) == target {
				return i, true
			}
		}
	}
	return item{}, false
}
