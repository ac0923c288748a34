package api

import (
	"errors"
	"net/http"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// names says which names may be read and changed. Names are in wire form and
// lower case.
type names struct {
	ours     *record.Domains
	zones    *record.Domains // all that the node answers for
	services []byte          // "svc." and the Kubernetes domain: the watcher's names
}

// complete is the name that text means, as record.Domains.Complete says; one in
// a domain that the node answers for and that is not changed here is in none.
func (n *names) complete(text string) ([]byte, error) {
	name, err := n.ours.Complete(text)
	if err == nil && n.others(text) {
		err = record.ErrNoDomain
	}
	switch {
	case errors.Is(err, record.ErrNoDomain):
		return nil, fail(http.StatusNotFound, "%s is in no domain of ours", text)
	case err != nil:
		return nil, fail(http.StatusBadRequest, "name %q: %v", text, err)
	}
	return name, nil
}

// others tells that text as it stands is a name in a domain that the node
// answers for, and in none whose names may be read and changed.
func (n *names) others(text string) bool {
	name, err := wire.ParseName(text)
	if err != nil {
		return false
	}
	name = wire.AppendLower(nil, name)
	return n.ours.Zone(name) == nil && n.zones.Zone(name) != nil
}

// changeable is complete for a name that is to be changed.
func (n *names) changeable(text string) ([]byte, error) {
	name, err := n.complete(text)
	if err == nil && wire.IsSubdomain(name, n.services) {
		return nil, fail(http.StatusForbidden, "can not ops k8s svc")
	}
	return name, err
}

// target is the name that a record points to: one label without a dot is a
// name in the first of our domains, any other stands as it is.
func (n *names) target(text string) (string, error) {
	name, err := wire.ParseName(text)
	if err == nil && wire.Labels(name) == 1 && text[len(text)-1] != '.' {
		name, err = n.ours.Complete(text)
	}
	if err != nil {
		return "", fail(http.StatusBadRequest, "name %q: %v", text, err)
	}
	return wire.NameString(name), nil
}

// consistent refuses an alias that is something else too (RFC 2181 section
// 10.1), one that points to two names or to itself, and one at the top of a
// domain; and of other records those that servable refuses.
func (n *names) consistent(state *nameState) error {
	name := wire.NameString(state.name)
	targets, others := state.aliases()
	switch {
	case len(targets) == 0:
		return n.servable(state)
	case n.isDomain(state.name):
		return fail(http.StatusBadRequest, "%s is a domain: it cannot be an alias", name)
	case targets[0] == name:
		return fail(http.StatusBadRequest, "%s cannot be an alias of itself", name)
	case others:
		return fail(http.StatusConflict, "%s cannot be an alias and have other records: remove these first", name)
	case len(targets) > 1:
		return fail(http.StatusConflict, "%s is an alias of %s already: remove it first", name, targets[0])
	}
	return nil
}

// service is the name of a service of Kubernetes that text, which has no
// domain, may mean: x.default is x.default.svc and the cluster's domain.
func (n *names) service(text string) ([]byte, bool) {
	name, err := wire.ParseName(text)
	if err != nil || text[len(text)-1] == '.' {
		return nil, false
	}
	name = wire.AppendLower(nil, name)
	if n.zones.Zone(name) != nil || len(name)-1+len(n.services) > wire.MaxName {
		return nil, false
	}
	return append(name[:len(name)-1], n.services...), true
}
