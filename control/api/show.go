package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// show serves GET of a name. With ?svc=true a name without a domain is also
// sought among the services of Kubernetes.
func (s *server) show(w http.ResponseWriter, r *http.Request) error {
	text := r.PathValue("name")
	name, err := s.names.complete(text)
	if err != nil {
		return err
	}
	wanted := [][]byte{name}
	if service, ok := s.names.service(text); ok && r.URL.Query().Get("svc") == "true" {
		wanted = append(wanted, service)
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.timeout)
	defer cancel()
	found := listing{}
	items, _, err := s.records.at(ctx, wanted, 0)
	if err != nil {
		return err
	}
	for _, i := range slices.Concat(items...) {
		found.add(i)
	}
	if len(found) == 0 {
		return fail(http.StatusNotFound, "%s has no record", wire.NameString(name))
	}
	out := listWriter{to: w}
	if err := out.write(found); err != nil {
		return out.fail(err)
	}
	return out.end()
}
