package api

import (
	"iter"
	"maps"
	"net/netip"
	"slices"

	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// useChange is how a name's use of an address changes: whether it has it, and
// on which ports it has services there.
type useChange struct {
	name           string
	had, has       bool
	opened, closed []uint16
}

// status is what a tx has to write of the status keys: an address's key is
// made with its first name and removed with its last one, and lists the names
// and the ports of their services. What others wrote into it stays. The error
// is orphans where a key does not say which names have the address.
func (c *changer) status(t *tx) ([]clientv3.Cmp, []clientv3.Op, error) {
	changes := map[string][]useChange{} // by status key
	var compares []clientv3.Cmp
	for _, n := range t.names {
		for addr, change := range n.useChanges() {
			key := c.monitorPath + addr.String()
			changes[key] = append(changes[key], change)
		}
		compares = append(compares, n.witnesses()...)
	}
	now := map[string]*mvccpb.KeyValue{}
	var lost orphans
	err := c.records.values(t.ctx, slices.Sorted(maps.Keys(changes)), t.revision, func(kv *mvccpb.KeyValue) {
		if now[string(kv.Key)] = kv; orphaned(kv.Value) {
			lost = append(lost, kv)
		}
	})
	if err != nil {
		return nil, nil, err
	}
	if len(lost) > 0 {
		return nil, nil, lost
	}
	var ops []clientv3.Op
	for key, list := range changes {
		op, ok := statusOp(key, now[key], list)
		if !ok {
			continue
		}
		compares = append(compares, clientv3.Compare(clientv3.ModRevision(key), "=", now[key].GetModRevision()))
		ops = append(ops, op)
	}
	return compares, ops, nil
}

// address is the address that the item's record of ours points to; another
// program's record has made no status key.
func (i *item) address() (netip.Addr, bool) {
	addr, ok := i.record.Message.Addr()
	return addr, ok && i.record.Own
}

// uses are the addresses that records of ours among items point to, each with
// the ports of the services there.
func uses(items iter.Seq[item]) map[netip.Addr][]uint16 {
	found := map[netip.Addr][]uint16{}
	for i := range items {
		addr, ok := i.address()
		if !ok {
			continue
		}
		ports := found[addr]
		if port := i.record.Message.Port; port != 0 && !slices.Contains(ports, port) {
			ports = append(ports, port)
		}
		found[addr] = ports
	}
	return found
}

// useChanges are those of a name's addresses that the change is about.
func (n *nameState) useChanges() map[netip.Addr]useChange {
	before, after := uses(maps.Values(n.now)), uses(n.items())
	changes := map[netip.Addr]useChange{}
	for addr := range before {
		changes[addr] = useChange{}
	}
	for addr := range after {
		changes[addr] = useChange{}
	}
	for addr := range changes {
		old, had := before[addr]
		ports, has := after[addr]
		c := useChange{name: wire.NameString(n.name), had: had, has: has, opened: without(ports, old), closed: without(old, ports)}
		if had == has && len(c.opened)+len(c.closed) == 0 {
			delete(changes, addr)
			continue
		}
		changes[addr] = c
	}
	return changes
}

// without is list without those in others, in order.
func without(list, others []uint16) []uint16 {
	var left []uint16
	for _, n := range list {
		if !slices.Contains(others, n) {
			left = append(left, n)
		}
	}
	slices.Sort(left)
	return left
}

// witnesses compare that records stay because of which an address's status key
// stays as it is, although another record with this address, or this port of
// it, is added or removed: a name may have an A and an SRV of one address, and
// two people may remove one each.
func (n *nameState) witnesses() []clientv3.Cmp {
	touched := map[netip.AddrPort]bool{} // port 0: the address
	for _, items := range []map[string]item{n.want, n.gone} {
		for _, i := range items {
			if addr, ok := i.address(); ok {
				touched[netip.AddrPortFrom(addr, 0)] = true
				touched[netip.AddrPortFrom(addr, i.record.Message.Port)] = true
			}
		}
	}
	var compares []clientv3.Cmp
	for i := range n.items() {
		addr, ok := i.address()
		whole, port := netip.AddrPortFrom(addr, 0), netip.AddrPortFrom(addr, i.record.Message.Port)
		if ok && i.changed != 0 && (touched[whole] || touched[port]) {
			compares = append(compares, i.still())
			delete(touched, whole)
			delete(touched, port)
		}
	}
	return compares
}
