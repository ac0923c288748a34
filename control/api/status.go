package api

import (
	"encoding/json"
	"maps"
	"net/netip"
	"slices"

	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// status is what a tx has to write of the status keys: an address's key is
// made with its first name and removed with its last one, and lists the names.
// What others wrote into it stays.
func (c *changer) status(t *tx) ([]clientv3.Cmp, []clientv3.Op, error) {
	names := map[netip.Addr]map[string]bool{} // to whether the name has the address
	var compares []clientv3.Cmp
	for _, n := range t.names {
		before, after := n.addresses()
		for addr := range before {
			if !after[addr] {
				note(names, addr, n.name, false)
			}
		}
		for addr := range after {
			if !before[addr] {
				note(names, addr, n.name, true)
			}
		}
		compares = append(compares, n.witnesses()...)
	}
	keys := make(map[string]map[string]bool, len(names))
	for addr, changes := range names {
		keys[c.monitorPath+addr.String()] = changes
	}
	now := map[string]*mvccpb.KeyValue{}
	err := c.records.values(t.ctx, slices.Sorted(maps.Keys(keys)), t.revision, func(kv *mvccpb.KeyValue) { now[string(kv.Key)] = kv })
	if err != nil {
		return nil, nil, err
	}
	var ops []clientv3.Op
	for key, changes := range keys {
		op, ok := statusOp(key, now[key], changes)
		if !ok {
			continue
		}
		compares = append(compares, clientv3.Compare(clientv3.ModRevision(key), "=", now[key].GetModRevision()))
		ops = append(ops, op)
	}
	return compares, ops, nil
}

func note(names map[netip.Addr]map[string]bool, addr netip.Addr, name []byte, has bool) {
	if names[addr] == nil {
		names[addr] = map[string]bool{}
	}
	names[addr][wire.NameString(name)] = has
}

// address is the address that the item's record of ours points to; another
// program's record has made no status key.
func (i *item) address() (netip.Addr, bool) {
	addr, ok := i.record.Message.Addr()
	return addr, ok && i.record.Own
}

// addresses are those that the name's records of ours point to, before and
// after the change.
func (n *nameState) addresses() (before, after map[netip.Addr]bool) {
	before, after = map[netip.Addr]bool{}, map[netip.Addr]bool{}
	for _, i := range n.now {
		if addr, ok := i.address(); ok {
			before[addr] = true
		}
	}
	for i := range n.items() {
		if addr, ok := i.address(); ok {
			after[addr] = true
		}
	}
	return before, after
}

// witnesses compare that records stay because of which an address's status key
// stays as it is, although another record with this address is added or
// removed: a name may have an A and an SRV of one address, and two people may
// remove one each.
func (n *nameState) witnesses() []clientv3.Cmp {
	touched := map[netip.Addr]bool{}
	for _, items := range []map[string]item{n.want, n.gone} {
		for _, i := range items {
			if addr, ok := i.address(); ok {
				touched[addr] = true
			}
		}
	}
	var compares []clientv3.Cmp
	for i := range n.items() {
		if addr, ok := i.address(); ok && i.changed != 0 && touched[addr] {
			compares = append(compares, i.still())
			delete(touched, addr)
		}
	}
	return compares
}

// maxListed is how many names a status key lists at most, so that it stays
// small whatever number of names have the address; the others are counted.
const maxListed = 64

// statusOp changes the names in an address's status key, whose present state
// is nil if there is none. One that need not change is left alone, and so is a
// value that is no JSON object or has no names: whoever wrote it by hand has
// not told who else has the address.
func statusOp(key string, now *mvccpb.KeyValue, changes map[string]bool) (clientv3.Op, bool) {
	fields := map[string]json.RawMessage{"status": json.RawMessage(`"UP"`)}
	if now != nil {
		fields = nil
		if json.Unmarshal(now.Value, &fields) != nil || fields["domains"] == nil {
			return clientv3.Op{}, false
		}
	}
	var u users
	if !u.read(fields) || !u.apply(changes) {
		return clientv3.Op{}, false
	}
	if len(u.listed) == 0 && u.others == 0 {
		return clientv3.OpDelete(key), true
	}
	u.write(fields)
	value, err := json.Marshal(fields)
	return clientv3.OpPut(key, string(value)), err == nil
}

// users are the names that have an address.
type users struct {
	listed []string
	others int // that are not listed
}

// read takes the names out of a status; ok tells that it could.
func (u *users) read(fields map[string]json.RawMessage) (ok bool) {
	if raw, there := fields["domains"]; there && json.Unmarshal(raw, &u.listed) != nil {
		return false
	}
	var all int
	if raw, there := fields["domainCount"]; there && json.Unmarshal(raw, &all) != nil {
		return false
	}
	u.others = max(0, all-len(u.listed))
	return true
}

// write puts the names into a status; their number only if not all are listed.
func (u *users) write(fields map[string]json.RawMessage) {
	slices.Sort(u.listed)
	fields["domains"], _ = json.Marshal(u.listed) // texts and numbers always marshal
	delete(fields, "domainCount")
	if u.others > 0 {
		fields["domainCount"], _ = json.Marshal(len(u.listed) + u.others)
	}
}

// apply adds and removes names, and tells whether that changed anything.
func (u *users) apply(changes map[string]bool) (changed bool) {
	for name, has := range changes {
		at := slices.Index(u.listed, name)
		switch {
		case has && at < 0 && len(u.listed) < maxListed:
			u.listed = append(u.listed, name)
		case has && at < 0:
			u.others++
		case !has && at >= 0:
			u.listed = slices.Delete(u.listed, at, at+1)
		case !has && u.others > 0:
			u.others--
		default:
			continue
		}
		changed = true
	}
	return changed
}
