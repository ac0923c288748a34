package api

import (
	"bytes"
	"net/http"
	"slices"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// remove is DELETE: everything at the name, what has the body's type, or what
// has the data that the body states.
func remove(q *request, t *tx) error {
	rrtype, err := q.kind()
	if err != nil {
		return err
	}
	if q.Update != nil || q.TTL != nil {
		return fail(http.StatusBadRequest, "DELETE has no update and no ttl")
	}
	if rrtype == wire.TypeCNAME && q.Alias != "" {
		return q.removeAlias(t)
	}
	n, err := q.at(t, q.name)
	if err != nil {
		return err
	}
	if q.IPs != nil && rrtype != wire.TypeSRV {
		return q.removeAddresses(n, rrtype)
	}
	chosen, err := q.chosen(n.name, rrtype)
	if err != nil {
		return err
	}
	found := false
	for i := range n.items() {
		if !chosen(i) {
			continue
		}
		found = true
		if err := n.dropType(i, rrtype); err != nil {
			return err
		}
	}
	if !found {
		return fail(http.StatusNotFound, "%s has no such record", wire.NameString(q.name))
	}
	return nil
}

// removeAddresses removes the addresses that the body names, each of which
// must be there.
func (q *request) removeAddresses(n *nameState, rrtype uint16) error {
	if rrtype != 0 && rrtype != wire.TypeA && rrtype != wire.TypeAAAA {
		return fail(http.StatusBadRequest, "ips does not go with %s", record.TypeText(rrtype))
	}
	if err := q.only("ips"); err != nil {
		return err
	}
	if len(q.IPs) == 0 {
		return fail(http.StatusBadRequest, "ips: want at least one address")
	}
	for _, text := range q.IPs {
		addr, err := address(rrtype, text)
		if err != nil {
			return err
		}
		found := n.withAddress(addr)
		if len(found) == 0 {
			return fail(http.StatusNotFound, "%s has no address %s", wire.NameString(q.name), addr)
		}
		for _, i := range found {
			if err := n.dropType(i, addressType(addr)); err != nil {
				return err
			}
		}
	}
	return nil
}

// chosen tells which items of a name the body is about.
func (q *request) chosen(name []byte, rrtype uint16) (func(item) bool, error) {
	if q.only("type") == nil { // no field states data
		return func(i item) bool { return rrtype == 0 || i.has(rrtype, nil) }, nil
	}
	switch {
	case rrtype == 0:
		return nil, fail(http.StatusBadRequest, "want the type of the records to remove")
	case rrtype == wire.TypeSRV && q.Rdata == "":
		return q.chosenServices()
	case rrtype == wire.TypeMX && q.MailPriority == nil && q.Rdata == "":
		return q.chosenMail()
	}
	list, err := q.messages(q.names)
	if err != nil {
		return nil, err
	}
	key, value, err := record.New(name, list[0])
	if err != nil {
		return nil, fail(http.StatusBadRequest, "%v", err)
	}
	rec, err := record.Parse(key, value)
	if err != nil {
		return nil, fail(http.StatusBadRequest, "%v", err)
	}
	data := rec.Stated()[0].Data
	return func(i item) bool { return i.key == key || i.has(rrtype, data) }, nil
}

// has tells whether an RR of a type, and with that data if any, is the item's.
func (i *item) has(rrtype uint16, data []byte) bool {
	return slices.ContainsFunc(i.rrs, func(rr record.RR) bool {
		return rr.Type == rrtype && (data == nil || bytes.Equal(record.Canonical(rrtype, rr.Data), record.Canonical(rrtype, data)))
	})
}

// chosenServices are the SRVs with the hosts, ports, priority and weight that
// the body names; what it leaves out may be any.
func (q *request) chosenServices() (func(item) bool, error) {
	if err := q.only("ips", "ports", "target", "priority", "weight"); err != nil {
		return nil, err
	}
	hosts, err := q.hosts(q.names)
	if err != nil {
		return nil, err
	}
	return func(i item) bool {
		m := i.record.Message
		if addr, ok := m.Addr(); ok {
			m.Host = addr.String()
		} else if name, err := wire.ParseName(m.Host); err == nil {
			m.Host = wire.NameString(name)
		}
		return i.has(wire.TypeSRV, nil) && (hosts == nil || slices.Contains(hosts, m.Host)) &&
			(q.Ports == nil || slices.Contains(q.Ports, m.Port)) &&
			(q.Priority == nil || *q.Priority == m.Priority) && (q.Weight == nil || *q.Weight == m.Weight)
	}, nil
}

// chosenMail is the MX of the body's mail host, whatever its priority.
func (q *request) chosenMail() (func(item) bool, error) {
	list, err := q.messages(q.names)
	if err != nil {
		return nil, err
	}
	host, err := wire.ParseName(list[0].Host)
	if err != nil {
		return nil, fail(http.StatusBadRequest, "mailHost: %v", err)
	}
	host = wire.AppendLower(nil, host)
	return func(i item) bool {
		return slices.ContainsFunc(i.rrs, func(rr record.RR) bool {
			return rr.Type == wire.TypeMX && len(rr.Data) > 2 && bytes.Equal(wire.AppendLower(nil, rr.Data[2:]), host)
		})
	}, nil
}

// removeAlias makes the body's alias none of the name any more.
func (q *request) removeAlias(t *tx) error {
	if err := q.only("alias"); err != nil {
		return err
	}
	name, err := q.names.changeable(q.Alias)
	if err != nil {
		return err
	}
	n, err := q.at(t, name)
	if err != nil {
		return err
	}
	i, ok := n.alias(wire.NameString(q.name))
	if !ok {
		return fail(http.StatusNotFound, "%s is not an alias of %s", q.Alias, wire.NameString(q.name))
	}
	return n.dropType(i, wire.TypeCNAME)
}
