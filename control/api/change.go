package api

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// callTimeout bounds one request's dealings with etcd.
const callTimeout = 10 * time.Second

// request is a change that a client asks for.
type request struct {
	names *names
	name  []byte // wire form, lower case
	user  string
	*body
}

// work turns a request into what a tx is to write.
type work func(q *request, t *tx) error

// change serves a change of the name in the path.
func (s *server) change(w work) handler {
	return func(rw http.ResponseWriter, r *http.Request) error {
		name, err := s.names.changeable(r.PathValue("name"))
		if err != nil {
			return err
		}
		b, err := readBody(rw, r)
		if err != nil {
			return err
		}
		q := &request{names: s.names, name: name, user: r.URL.Query().Get("user"), body: b}
		ctx, cancel := context.WithTimeout(r.Context(), callTimeout)
		defer cancel()
		if err := s.changer.do(ctx, func(t *tx) error { return w(q, t) }); err != nil {
			return err
		}
		s.log.Info().Str("method", r.Method).Str("name", wire.NameString(name)).Str("type", b.Type).
			Str("user", q.user).Str("client", r.RemoteAddr).Msg("records changed")
		return ok(rw)
	}
}

// at is the state of a name that the request's user may change.
func (q *request) at(t *tx, name []byte) (*nameState, error) {
	n, err := t.at(name)
	if err != nil {
		return nil, err
	}
	for _, i := range n.now {
		if owner := i.owner(); owner != "" && owner != q.user {
			return nil, fail(http.StatusForbidden, "%s belongs to user %s", wire.NameString(name), owner)
		}
	}
	return n, nil
}

// add is POST.
func add(q *request, t *tx) error {
	rrtype, err := q.kind()
	if err != nil {
		return err
	}
	name, list := q.name, []record.Message{{Type: "CNAME", Host: wire.NameString(q.name), TTL: q.ttl()}}
	if rrtype == wire.TypeCNAME && q.Alias != "" {
		name, err = q.names.changeable(q.Alias)
	} else {
		list, err = q.messages(q.names)
	}
	if err != nil {
		return err
	}
	n, err := q.at(t, name)
	if err != nil {
		return err
	}
	for _, m := range list {
		m.User = q.user
		if err := n.put(m); err != nil {
			return err
		}
	}
	return q.names.consistent(n)
}

// update is PUT: each record that the update names by its data, or by its
// alias, is changed; one that is not there is an error.
func update(q *request, t *tx) error {
	rrtype, err := q.kind()
	if err != nil {
		return err
	}
	if len(q.Update) == 0 {
		return fail(http.StatusBadRequest, `update: want {"OLD":"NEW"}`)
	}
	switch rrtype {
	case 0, wire.TypeA, wire.TypeAAAA:
		return q.updateAddresses(t, rrtype)
	case wire.TypeCNAME:
		return q.updateAliases(t)
	}
	return fail(http.StatusBadRequest, "%s: update is for A, AAAA and CNAME: DELETE and POST change others", q.Type)
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
	return q.names.consistent(n)
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
	for from, to := range q.Update {
		n, err := q.at(t, q.name)
		if err != nil {
			return err
		}
		target, err := q.names.target(from)
		if err != nil {
			return err
		}
		if i, ok := n.alias(target); ok {
			m := q.successor(i)
			if m.Host, err = q.names.target(to); err != nil {
				return err
			}
			m.Type = "CNAME"
			n.drop(i)
			if err := n.put(m); err != nil {
				return err
			}
			continue
		}
		if err := q.moveAlias(t, from, to); err != nil {
			return err
		}
	}
	return nil
}

// moveAlias makes to an alias of the name in place of from.
func (q *request) moveAlias(t *tx, from, to string) error {
	var states [2]*nameState
	for i, text := range []string{from, to} {
		name, err := q.names.changeable(text)
		if err != nil {
			return err
		}
		if states[i], err = q.at(t, name); err != nil {
			return err
		}
	}
	old, ok := states[0].alias(wire.NameString(q.name))
	if !ok {
		return fail(http.StatusNotFound, "%s is not an alias of %s", from, wire.NameString(q.name))
	}
	m := q.successor(old)
	m.Type, m.Host = "CNAME", wire.NameString(q.name)
	states[0].drop(old)
	if err := states[1].put(m); err != nil {
		return err
	}
	return q.names.consistent(states[1])
}

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

// dropAddress removes the A or AAAA of an address, and tells which these were.
func (n *nameState) dropAddress(addr netip.Addr) []item {
	var found []item
	for _, i := range n.now {
		for _, rr := range i.rrs {
			isAddr := rr.Type == wire.TypeA || rr.Type == wire.TypeAAAA
			if at, ok := netip.AddrFromSlice(rr.Data); isAddr && ok && at == addr {
				n.drop(i)
				found = append(found, i)
				break
			}
		}
	}
	return found
}

// alias is the record that makes the name an alias of target.
func (n *nameState) alias(target string) (item, bool) {
	for _, i := range n.now {
		for _, rr := range i.rrs {
			if rr.Type == wire.TypeCNAME && wire.NameString(wire.AppendLower(nil, rr.Data)) == target {
				return i, true
			}
		}
	}
	return item{}, false
}
