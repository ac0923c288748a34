package api

import (
	"net/http"
	"slices"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// update is PUT: each record that the update names by its data, or by its
// alias, is changed; one that is not there is an error. Where addresses and
// other data are exchanged, all are exchanged at once.
func update(q *request, t *tx) error {
	rrtype, err := q.kind()
	if err != nil {
		return err
	}
	if len(q.Update) == 0 {
		return fail(http.StatusBadRequest, `update: want {"OLD":"NEW"}`)
	}
	if err := q.only("update"); err != nil {
		return err
	}
	switch rrtype {
	case 0, wire.TypeA, wire.TypeAAAA:
		return q.updateAddresses(t, rrtype)
	case wire.TypeCNAME:
		return q.updateAliases(t)
	}
	return q.updateData(t, rrtype)
}

// updateData gives records of the name other data, both in presentation form.
func (q *request) updateData(t *tx, rrtype uint16) error {
	n, err := q.at(t, q.name)
	if err != nil {
		return err
	}
	items := n.items()
	var list []record.Message
	for from, to := range q.Update {
		data, err := record.ParseRdata(rrtype, from)
		if err != nil {
			return fail(http.StatusBadRequest, "%v", err)
		}
		m, err := presented(rrtype, to)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(items, func(i item) bool { return i.has(rrtype, data) })
		if at < 0 {
			return fail(http.StatusNotFound, "%s has no %s %s", wire.NameString(q.name), record.TypeText(rrtype), from)
		}
		n.drop(items[at])
		kept := q.successor(items[at])
		m.TTL, m.Group, m.User, m.Source, m.Cluster = kept.TTL, kept.Group, kept.User, kept.Source, kept.Cluster
		list = append(list, m)
	}
	for _, m := range list {
		if err := n.put(m); err != nil {
			return err
		}
	}
	return nil
}

// updateAddresses gives addresses of the name others' places.
func (q *request) updateAddresses(t *tx, rrtype uint16) error {
	n, err := q.at(t, q.name)
	if err != nil {
		return err
	}
	var list []record.Message
	for from, to := range q.Update {
		oldAddr, err := address(rrtype, from)
		if err != nil {
			return err
		}
		newAddr, err := address(rrtype, to)
		if err != nil {
			return err
		}
		found := n.dropAddress(oldAddr)
		if len(found) == 0 {
			return fail(http.StatusNotFound, "%s has no address %s", wire.NameString(q.name), oldAddr)
		}
		m := q.successor(found[0])
		m.Host, m.Type = newAddr.String(), ""
		list = append(list, m)
	}
	for _, m := range list {
		if err := n.put(m); err != nil {
			return err
		}
	}
	return nil
}

// successor is a record that takes i's place, as another program's records
// become ours: its owner, TTL and cluster stay where the request says nothing.
func (q *request) successor(i item) record.Message {
	m := i.record.Message
	m = record.Message{TTL: m.TTL, Group: m.Group, User: m.User, Source: m.Source, Cluster: m.Cluster}
	if q.TTL != nil {
		m.TTL = *q.TTL
	}
	if m.User == "" {
		m.User = q.user
	}
	return m
}

// updateAliases changes what an alias points to where the name itself is the
// alias, else the aliases of the name: OLD is none any more, NEW becomes one.
func (q *request) updateAliases(t *tx) error {
	type move struct {
		to *nameState
		m  record.Message
	}
	var moves []move
	for from, to := range q.Update {
		n, err := q.at(t, q.name)
		if err != nil {
			return err
		}
		target, err := q.names.target(from)
		if err != nil {
			return err
		}
		old, here := n.alias(target)
		host := wire.NameString(q.name)
		if here {
			n.drop(old)
			host, err = q.names.target(to)
		} else {
			old, n, err = q.moveAlias(t, from, to)
		}
		if err != nil {
			return err
		}
		m := q.successor(old)
		m.Type, m.Host = "CNAME", host
		moves = append(moves, move{n, m})
	}
	for _, v := range moves {
		if err := v.to.put(v.m); err != nil {
			return err
		}
	}
	return nil
}

// moveAlias removes the alias from of the name, and gives it and the state of
// to, which is to take its place.
func (q *request) moveAlias(t *tx, from, to string) (old item, place *nameState, err error) {
	var states [2]*nameState
	for i, text := range []string{from, to} {
		name, err := q.names.changeable(text)
		if err != nil {
			return item{}, nil, err
		}
		if states[i], err = q.at(t, name); err != nil {
			return item{}, nil, err
		}
	}
	old, ok := states[0].alias(wire.NameString(q.name))
	if !ok {
		return item{}, nil, fail(http.StatusNotFound, "%s is not an alias of %s", from, wire.NameString(q.name))
	}
	states[0].drop(old)
	return old, states[1], nil
}
