package api

import (
	"net/http"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// updateAliases changes what an alias points to where the name itself is the
// alias, else the aliases of the name: OLD is none any more, NEW becomes one.
func (q *request) updateAliases(t *tx) error {
	var list []replacement
	places := places{}
	for from, to := range q.Update {
		n, err := q.at(t, q.name)
		if err != nil {
			return err
		}
		target, err := q.names.target(from)
		if err != nil {
			return err
		}
		r := replacement{from: n, to: n}
		host := wire.NameString(q.name)
		var here bool
		if r.old, here = n.alias(target); here {
			host, err = q.names.target(to)
		} else {
			r, err = q.moveAlias(t, from, to)
		}
		if err == nil {
			err = places.take(string(r.to.name)+host, to)
		}
		if err != nil {
			return err
		}
		r.m = q.successor(r.old)
		r.m.Type, r.m.Host = "CNAME", host
		list = append(list, r)
	}
	return q.replace(list)
}

// moveAlias is the replacement of the name's alias from by one at to.
func (q *request) moveAlias(t *tx, from, to string) (replacement, error) {
	var states [2]*nameState
	for i, text := range []string{from, to} {
		name, err := q.names.changeable(text)
		if err != nil {
			return replacement{}, err
		}
		if states[i], err = q.at(t, name); err != nil {
			return replacement{}, err
		}
	}
	old, ok := states[0].alias(wire.NameString(q.name))
	if !ok {
		return replacement{}, fail(http.StatusNotFound, "%s is not an alias of %s", from, wire.NameString(q.name))
	}
	return replacement{from: states[0], old: old, to: states[1]}, nil
}
