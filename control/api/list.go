package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/btree"

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
// choose among them. The next page begins after the last name of this one. All
// of an answer is of one revision of etcd. ?zone= asks for a master file.
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
	entries, revision, err := s.index.at(ctx)
	if err != nil {
		return err
	}
	out := listWriter{to: w, left: f.limit}
	for from := max(f.prefix, f.after+pastKeys); from != "" && !out.full(); {
		var keys []string
		keys, from = f.some(entries, from, out.left)
		found := listing{}
		err := s.records.get(ctx, keys, revision, func(i item) {
			i.rrs = slices.DeleteFunc(i.rrs, func(rr record.RR) bool { return f.rrtype != 0 && rr.Type != f.rrtype })
			found.add(i)
		})
		if err == nil {
			err = out.write(found)
		}
		if err != nil {
			return out.fail(err)
		}
	}
	return out.end()
}

// some are the keys of the next names that the filter lets through, and where
// the names behind these begin, "" if nowhere. It is a transaction's worth of
// keys, and of names no more than want (0: any number) where all of them will
// be shown.
func (f *filter) some(entries *btree.Set[string], from string, want int) (keys []string, next string) {
	last, names := "", 0
	entries.Ascend(from, func(entry string) bool {
		name, key := nameAndKey(entry)
		if !strings.HasPrefix(name, f.prefix) {
			return name < f.prefix
		}
		if name != last {
			if len(keys) >= maxOps || names == want && want > 0 && f.rrtype == 0 {
				next = entry
				return false
			}
			last = name
			names++
		}
		keys = append(keys, key)
		return true
	})
	return keys, next
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
