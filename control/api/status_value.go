package api

import (
	"encoding/json"
	"slices"
	"strconv"

	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// maxListed is how many names a status key lists at most, so that it stays
// small whatever number of names have the address; the others are counted.
const maxListed = 64

// statusFields are those of a status key's value; nil where it is no JSON
// object, or has names in a form that is not ours.
func statusFields(value []byte) (map[string]json.RawMessage, *users) {
	var fields map[string]json.RawMessage
	u := new(users)
	if json.Unmarshal(value, &fields) != nil || fields == nil || !u.read(fields) {
		return nil, nil
	}
	return fields, u
}

// orphaned tells that a person has written over a status key: it does not say
// whose names have the address.
func orphaned(value []byte) bool {
	fields, _ := statusFields(value)
	return fields != nil && (fields["domains"] == nil || string(fields["domains"]) == "null")
}

// statusOp changes the names and the ports in an address's status key, whose
// present state is nil if there is none. One that need not change is left alone,
// and so is a value that is not understood.
func statusOp(key string, now *mvccpb.KeyValue, changes []useChange) (clientv3.Op, bool) {
	value := []byte(`{"status":"UP"}`)
	if now != nil {
		value = now.Value
	}
	fields, u := statusFields(value)
	if fields == nil {
		return clientv3.Op{}, false
	}
	changed := false
	for _, c := range changes {
		changed = u.apply(c.name, c.had, c.has) || changed
		changed = changePorts(fields, c, u.only(c.name)) || changed
	}
	switch {
	case !changed:
		return clientv3.Op{}, false
	case len(u.listed) == 0 && u.others == 0:
		return clientv3.OpDelete(key), true
	}
	u.write(fields)
	value, err := json.Marshal(fields)
	if now == nil {
		return clientv3.OpPut(key, string(value)), err == nil
	}
	return putStatus(now, value), err == nil
}

// changePorts adds the ports on which a name has services at an address, and
// takes away those on which it has none any more where the name is the only one
// of the address: another's may be on the same port.
func changePorts(fields map[string]json.RawMessage, c useChange, only bool) (changed bool) {
	var ports []string
	if raw, there := fields["ports"]; there && json.Unmarshal(raw, &ports) != nil {
		return false
	}
	before := len(ports)
	if only {
		ports = slices.DeleteFunc(ports, func(p string) bool {
			return slices.ContainsFunc(c.closed, func(n uint16) bool { return strconv.Itoa(int(n)) == p })
		})
	}
	changed = len(ports) < before
	for _, n := range c.opened {
		if p := strconv.Itoa(int(n)); !slices.Contains(ports, p) {
			ports, changed = append(ports, p), true
		}
	}
	switch {
	case !changed:
	case len(ports) == 0:
		delete(fields, "ports")
	default:
		fields["ports"], _ = json.Marshal(ports) // texts always marshal
	}
	return changed
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
	fields["domains"], _ = json.Marshal(append([]string{}, u.listed...)) // texts and numbers always marshal; none: []
	delete(fields, "domainCount")
	if u.others > 0 {
		fields["domainCount"], _ = json.Marshal(len(u.listed) + u.others)
	}
}

// only tells that the address is one name's alone.
func (u *users) only(name string) bool {
	return u.others == 0 && len(u.listed) == 1 && u.listed[0] == name
}

// apply adds or removes a name, and tells whether that changed anything. One that
// had the address and is missing all the same, as where a person has emptied the
// list, is added: a key without names would be removed, and with it the status.
func (u *users) apply(name string, had, has bool) (changed bool) {
	at := slices.Index(u.listed, name)
	switch {
	case has && (at >= 0 || had && u.others > 0): // it is listed, or among the others
		return false
	case has && len(u.listed) < maxListed:
		u.listed = append(u.listed, name)
	case has:
		u.others++
	case at >= 0:
		u.listed = slices.Delete(u.listed, at, at+1)
	case u.others > 0:
		u.others--
	default:
		return false
	}
	return true
}
