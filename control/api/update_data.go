package api

import (
	"net/http"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// updateData gives records of the name other data, both in presentation form.
func (q *request) updateData(t *tx, rrtype uint16) error {
	n, err := q.at(t, q.name)
	if err != nil {
		return err
	}
	list, err := q.dataReplacements(n, rrtype)
	if err != nil {
		return err
	}
	for _, r := range list {
		if err := n.dropType(r.old, rrtype); err != nil {
			return err
		}
	}
	for _, r := range list {
		if err := n.putLeased(r.m, r.old.lease); err != nil {
			return err
		}
	}
	return nil
}

func (q *request) dataReplacements(n *nameState, rrtype uint16) ([]replacement, error) {
	var list []replacement
	places := places{}
	for from, to := range q.Update {
		data, err := record.ParseRdata(rrtype, from)
		if err != nil {
			return nil, fail(http.StatusBadRequest, "%v", err)
		}
		m, err := presented(rrtype, to)
		if err != nil {
			return nil, err
		}
		key, _, err := record.New(q.name, m)
		if err != nil {
			return nil, fail(http.StatusBadRequest, "%v", err)
		}
		if err := places.take(key, to); err != nil {
			return nil, err
		}
		old, ok := n.find(func(i item) bool { return i.has(rrtype, data) })
		if !ok {
			return nil, fail(http.StatusNotFound, "%s has no %s %s", wire.NameString(q.name), record.TypeText(rrtype), from)
		}
		kept := q.successor(old)
		m.TTL, m.Group, m.User, m.Source, m.Cluster = kept.TTL, kept.Group, kept.User, kept.Source, kept.Cluster
		list = append(list, replacement{n, old, n, m})
	}
	return list, nil
}
