package api

import (
	"net/http"
	"time"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

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
		if err := s.commit(r, s.timeout, func(t *tx) error { return w(q, t) }); err != nil {
			return err
		}
		return ok(rw)
	}
}

// commit makes a change that a client asks for, once no alias that it puts is
// in the way of another record, and writes the audit line. A client that goes
// away meanwhile does not end it: a change that etcd may have taken has a line.
func (s *server) commit(r *http.Request, timeout time.Duration, work func(*tx) error) error {
	end, err := s.beginChange()
	if err != nil {
		return err
	}
	defer end()
	var last *tx
	err = s.changer.do(s.changes, timeout, func(t *tx) error {
		last = t
		if err := work(t); err != nil {
			return err
		}
		return s.possible(t)
	})
	if last.committed != 0 || last.unknown {
		s.audit(r, last)
	} else if err != nil && s.changes.Err() != nil {
		return errEnding
	}
	return err
}

// possible refuses a change that puts records which cannot be together.
func (s *server) possible(t *tx) error {
	var aliases [][]byte
	for _, n := range t.names {
		if len(n.want) == 0 {
			continue
		}
		if err := s.names.consistent(n); err != nil {
			return err
		}
		if targets, _ := n.aliases(); len(targets) > 0 {
			aliases = append(aliases, n.name)
		}
	}
	return s.records.alone(t.ctx, aliases, t.revision)
}

// at is the state of a name that the request's user may change.
func (q *request) at(t *tx, name []byte) (*nameState, error) {
	n, err := t.at(name)
	if err != nil {
		return nil, err
	}
	for _, owner := range n.owners {
		if owner != q.user {
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
	if rrtype == wire.TypeCNAME && q.Alias != "" {
		return q.addAlias(t)
	}
	list, err := q.messages(q.names)
	if err != nil {
		return err
	}
	return q.put(t, q.name, list)
}

// addAlias makes the body's alias one of the name.
func (q *request) addAlias(t *tx) error {
	if err := q.only("alias"); err != nil {
		return err
	}
	alias, err := q.names.changeable(q.Alias)
	if err != nil {
		return err
	}
	return q.put(t, alias, []record.Message{{Type: "CNAME", Host: wire.NameString(q.name), TTL: q.ttl()}})
}

// put adds records at a name.
func (q *request) put(t *tx, name []byte, list []record.Message) error {
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
	return nil
}
