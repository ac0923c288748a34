package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// status is what a tx has to write of the status keys: an address's key is
// made with its first name and removed with its last one, and lists the names.
// What others wrote into it stays.
func (c *changer) status(t *tx) ([]clientv3.Cmp, []clientv3.Op, error) {
	names := map[netip.Addr]map[string]bool{} // to whether the name has the address
	for _, n := range t.names {
		before, after, err := n.addresses()
		if err != nil {
			return nil, nil, err
		}
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
	}
	var compares []clientv3.Cmp
	var ops []clientv3.Op
	for addr, changes := range names {
		key := c.monitorPath + addr.String()
		var now *mvccpb.KeyValue
		_, err := c.records.scan(t.ctx, single(key), t.revision, func(kv *mvccpb.KeyValue) { now = kv })
		if err != nil {
			return nil, nil, err
		}
		op, ok := statusOp(key, now, changes)
		if !ok {
			continue
		}
		var revision int64
		if now != nil {
			revision = now.ModRevision
		}
		compares = append(compares, clientv3.Compare(clientv3.ModRevision(key), "=", revision))
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

// addresses are those that the name's records of ours point to, before and
// after the change.
func (n *nameState) addresses() (before, after map[netip.Addr]bool, err error) {
	before, after = map[netip.Addr]bool{}, map[netip.Addr]bool{}
	for _, i := range n.now {
		addr, ok := i.record.Message.Addr()
		if !ok {
			continue
		}
		before[addr] = true
		if _, gone := n.gone[i.key]; !gone {
			after[addr] = true
		}
	}
	for key, value := range n.want {
		rec, err := record.Parse(key, value)
		if err != nil {
			return nil, nil, fmt.Errorf("record %s: %w", key, err)
		}
		if addr, ok := rec.Message.Addr(); ok {
			after[addr] = true
		}
	}
	return before, after, nil
}

// statusOp changes the names in an address's status key, whose present state
// is nil if there is none. A value that is no JSON object is left alone, and
// so is one that need not change.
func statusOp(key string, now *mvccpb.KeyValue, changes map[string]bool) (clientv3.Op, bool) {
	fields := map[string]json.RawMessage{"status": json.RawMessage(`"UP"`)}
	if now != nil {
		fields = nil
		if json.Unmarshal(now.Value, &fields) != nil || fields == nil {
			return clientv3.Op{}, false
		}
	}
	var listed []string
	if raw, ok := fields["domains"]; ok && json.Unmarshal(raw, &listed) != nil {
		return clientv3.Op{}, false
	}
	names := map[string]bool{}
	for _, name := range listed {
		names[name] = true
	}
	before := maps.Clone(names)
	for name, has := range changes {
		if has {
			names[name] = true
		} else {
			delete(names, name)
		}
	}
	switch {
	case maps.Equal(before, names):
		return clientv3.Op{}, false
	case len(names) == 0:
		return clientv3.OpDelete(key), true
	}
	list, _ := json.Marshal(slices.Sorted(maps.Keys(names))) // texts always marshal
	fields["domains"] = list
	value, err := json.Marshal(fields)
	return clientv3.OpPut(key, string(value)), err == nil
}
