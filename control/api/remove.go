package api

import (
	"net/http"
	"slices"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// remove is DELETE: everything at the name, or what has the body's type, or
// the addresses or the alias that it names.
func remove(q *request, t *tx) error {
	rrtype, err := q.kind()
	if err != nil {
		return err
	}
	if rrtype == wire.TypeCNAME && q.Alias != "" {
		return q.removeAlias(t)
	}
	n, err := q.at(t, q.name)
	if err != nil {
		return err
	}
	for _, text := range q.IPs {
		addr, err := address(rrtype, text)
		if err != nil {
			return err
		}
		if len(n.dropAddress(addr)) == 0 {
			return fail(http.StatusNotFound, "%s has no address %s", wire.NameString(q.name), addr)
		}
	}
	if len(q.IPs) > 0 {
		return nil
	}
	for _, i := range n.now {
		if rrtype == 0 || slices.ContainsFunc(i.rrs, func(rr record.RR) bool { return rr.Type == rrtype }) {
			n.drop(i)
		}
	}
	if len(n.gone) == 0 {
		return fail(http.StatusNotFound, "%s has no such record", wire.NameString(q.name))
	}
	return nil
}

// removeAlias makes the body's alias none of the name any more.
func (q *request) removeAlias(t *tx) error {
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
	n.drop(i)
	return nil
}
