package api

import (
	"net/http"
	"path"
	"slices"
	"strings"
)

// allPath and onePath are the paths of all names and of one.
const (
	allPath    = "/skydns/api"
	onePath    = "/skydns/api/{name}"
	healthPath = "/healthz"
)

// route is one method of one path: who serves it, and what openapi.json says
// of it.
type route struct {
	method, path string
	serve        handler
	open         bool // it wants no token
	operation
}

// table is every method of every path.
func (s *server) table() []route {
	return []route{
		{http.MethodGet, allPath, s.list, false, listOperation},
		{http.MethodPost, allPath, s.changeMany, false, manyOperation},
		{http.MethodGet, onePath, s.show, false, showOperation},
		{http.MethodPost, onePath, s.change(add), false, addOperation},
		{http.MethodPut, onePath, s.change(update), false, updateOperation},
		{http.MethodDelete, onePath, s.change(remove), false, removeOperation},
		{http.MethodGet, "/status", s.status, false, statusOperation},
		{http.MethodGet, "/openapi.json", s.describe, false, describeOperation},
		{http.MethodGet, healthPath, healthy, true, healthOperation},
		{http.MethodGet, "/readyz", s.readiness, true, readyOperation},
		{http.MethodGet, "/metrics", s.metrics, true, metricsOperation},
	}
}

// routes gives each method and path its handler.
func (s *server) routes() http.Handler {
	mux := http.NewServeMux()
	offered := map[string][]string{}
	open := map[string]bool{}
	for _, r := range s.table() {
		for _, pattern := range patterns(r.path) {
			mux.Handle(r.method+" "+pattern, s.guarded(r.open, r.serve))
			offered[pattern], open[pattern] = append(offered[pattern], r.method), r.open
		}
	}
	for pattern, methods := range offered {
		mux.Handle(pattern, s.guarded(open[pattern], notOffered(strings.Join(methods, ", "))))
	}
	nowhere := s.open(noSuchPath)
	mux.Handle("/", nowhere)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !straight(r.URL.Path) {
			nowhere.ServeHTTP(w, r) // which mux would redirect
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// patterns are those of a path: that of all names may end in a slash.
func patterns(path string) []string {
	if path == allPath {
		return []string{path, path + "/{$}"}
	}
	return []string{path}
}

// straight tells that a path has no empty part and no dots for parts.
func straight(p string) bool {
	return p == path.Clean(p) || p == path.Clean(p)+"/"
}

func (s *server) guarded(open bool, h handler) http.Handler {
	if open {
		return s.open(h)
	}
	return s.authorized(h)
}

func noSuchPath(_ http.ResponseWriter, r *http.Request) error {
	return fail(http.StatusNotFound, "no such path: %s", r.URL.Path)
}

func healthy(w http.ResponseWriter, _ *http.Request) error { return ok(w) }

var errNotReady = fail(http.StatusServiceUnavailable, "not ready: the first complete synchronisation with etcd is not published yet")

// readiness answers whether the node serves what etcd holds.
func (s *server) readiness(w http.ResponseWriter, _ *http.Request) error {
	if !s.ready() {
		return errNotReady
	}
	return ok(w)
}

// notOffered answers methods that a path does not have.
func notOffered(allow string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Allow", allow)
		return fail(http.StatusMethodNotAllowed, "%s is not offered here: want one of %s", r.Method, allow)
	}
}

// methodLabel bounds what clients can make a metric's label.
func methodLabel(method string) string {
	known := []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete}
	if slices.Contains(known, method) {
		return method
	}
	return "other"
}
