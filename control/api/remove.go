package api

import (
	"net/http"

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
