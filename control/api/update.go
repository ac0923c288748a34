package api

import (
	"encoding/json"
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

// replacement is a record that takes another's place.
type replacement struct {
	from *nameState
	old  item
	to   *nameState
	m    record.Message
}

// replace puts records in the places of others, all of which were looked up
// before and go first: they may exchange their data. A record of ours keeps the
// lease of the one before. Another program's address or alias stays that
// program's, at its key, and points elsewhere.
func (q *request) replace(list []replacement) error {
	for _, r := range list {
		if r.inPlace() {
			continue
		}
		if err := r.from.dropType(r.old, 0); err != nil {
			return err
		}
	}
	for _, r := range list {
		err := error(nil)
		if r.inPlace() {
			err = r.to.edit(r.old, func(fields map[string]json.RawMessage) {
				setField(fields, "host", r.m.Host)
				if q.TTL != nil {
					setField(fields, "ttl", *q.TTL)
				}
			})
		} else {
			err = r.to.putLeased(r.m, r.old.lease)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// inPlace tells that another program's message stays, with another host.
func (r *replacement) inPlace() bool {
	return r.from == r.to && r.old.foreign() && slices.ContainsFunc(r.old.rrs, func(rr record.RR) bool { return isAddress(rr.Type) || rr.Type == wire.TypeCNAME })
}

// updateAddresses gives addresses of the name others' places.
func (q *request) updateAddresses(t *tx, rrtype uint16) error {
	n, err := q.at(t, q.name)
	if err != nil {
		return err
	}
	var list []replacement
	places := places{}
	for from, to := range q.Update {
		oldAddr, err := address(rrtype, from)
		if err != nil {
			return err
		}
		newAddr, err := address(rrtype, to)
		if err != nil {
			return err
		}
		if err := places.take(newAddr.String(), to); err != nil {
			return err
		}
		found := n.withAddress(oldAddr)
		if len(found) == 0 {
			return fail(http.StatusNotFound, "%s has no address %s", wire.NameString(q.name), oldAddr)
		}
		for _, old := range found {
			m := q.successor(old)
			m.Host = newAddr.String()
			list = append(list, replacement{n, old, n, m})
		}
	}
	return q.replace(list)
}

// places are what takes others' places, each of which one alone may take.
type places map[string]bool

// take refuses what two are to become one by.
func (p places) take(what, text string) error {
	if p[what] {
		return fail(http.StatusBadRequest, "update: two records would become the one %s", text)
	}
	p[what] = true
	return nil
}

// successor is a record of ours that takes i's place: its owner, TTL and cluster
// stay where the request says nothing.
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
