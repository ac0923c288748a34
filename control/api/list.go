package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// filter is what a client wants to see of the list.
type filter struct {
	limit  int    // 0: no limit
	after  string // names behind this one, in presentation form and lower case
	prefix string // names that start like this, in lower case
	rrtype uint16 // 0: every type
}

// list serves GET of all names, sorted; ?limit=, ?after=, ?type= and ?prefix=
// choose among them. The next page begins after the last name of this one.
func (s *server) list(w http.ResponseWriter, r *http.Request) error {
	if r.URL.Query().Has("zone") {
		return s.exportZone(w, r)
	}
	f, err := s.names.filter(r.URL.Query())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), listTimeout)
	defer cancel()
	found := listing{}
	err = s.records.all(ctx, s.names.ours, func(i item) {
		i.rrs = slices.DeleteFunc(i.rrs, func(rr record.RR) bool { return !f.wants(s.names, rr) })
		found.add(i)
	})
	if err != nil {
		return err
	}
	names := found.names()
	if f.limit > 0 && len(names) > f.limit {
		names = names[:f.limit]
	}
	return found.write(w, names)
}

// wants reports whether an RR belongs to the list.
func (f *filter) wants(n *names, rr record.RR) bool {
	if f.rrtype != 0 && rr.Type != f.rrtype || n.ours.Zone(rr.Name) == nil {
		return false
	}
	name := wire.NameString(rr.Name)
	return name > f.after && strings.HasPrefix(name, f.prefix)
}

// filter reads what a client wants from its query.
func (n *names) filter(q url.Values) (*filter, error) {
	f := &filter{prefix: strings.ToLower(q.Get("prefix"))}
	var err error
	if limit := q.Get("limit"); limit != "" {
		if f.limit, err = strconv.Atoi(limit); err != nil || f.limit < 1 {
			return nil, fail(http.StatusBadRequest, "limit: want a number from 1, not %q", limit)
		}
	}
	if after := q.Get("after"); after != "" {
		name, err := n.complete(after)
		if err != nil {
			return nil, err
		}
		f.after = wire.NameString(name)
	}
	if rrtype := q.Get("type"); rrtype != "" {
		if f.rrtype, err = (&body{Type: rrtype}).kind(); err != nil {
			return nil, err
		}
	}
	return f, nil
}
