package api

import (
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/configs"
	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/control/store"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// callTimeout and listTimeout bound how long a request waits for etcd: one
// about a name, and one that reads everything.
const (
	callTimeout = 5 * time.Second
	listTimeout = time.Minute
)

// Options are what the interface stands on.
type Options struct {
	Config   *configs.Config // valid
	Token    func() string   // what clients must show at the moment
	Store    *store.Store
	NSAddrs  []netip.Addr         // of this node, for the name server that a zone lacks
	Ready    func() bool          // whether the first complete synchronisation is published
	Registry *prometheus.Registry // what /metrics shows; the interface adds its own
	Log      zerolog.Logger
}

// server is the interface: immutable but for what the fields themselves guard.
type server struct {
	records  *records
	index    *index
	changer  *changer
	names    *names
	token    func() string
	timeout  time.Duration // bounds one request's dealings with etcd, but for lists
	nsAddrs  []netip.Addr
	ready    func() bool
	log      zerolog.Logger
	requests *prometheus.CounterVec // by method and code
}

// New makes the handler of all paths. It may be used by any number of
// goroutines.
func New(o Options) (http.Handler, error) {
	s, err := newServer(o)
	if err != nil {
		return nil, err
	}
	return s.routes(promhttp.HandlerFor(o.Registry, promhttp.HandlerOpts{})), nil
}

func newServer(o Options) (*server, error) {
	ours, err := record.NewDomains(o.Config.APIDomains())
	if err != nil {
		return nil, err
	}
	zones, err := record.NewDomains(o.Config.Dns.Domains)
	if err != nil {
		return nil, err
	}
	services, err := wire.ParseName("svc." + o.Config.KubeDomain())
	if err != nil {
		return nil, err
	}
	recs := &records{store: o.Store, zones: zones}
	s := &server{
		records: recs,
		index:   newIndex(recs, ours),
		changer: &changer{records: recs, monitorPath: string(o.Config.Dns.MonitorPath)},
		names:   &names{ours: ours, zones: zones, services: services},
		token:   o.Token,
		timeout: callTimeout,
		nsAddrs: o.NSAddrs,
		ready:   o.Ready,
		log:     o.Log,
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "skydns_api_requests_total", Help: "Requests of the REST interface, by method and status code.",
		}, []string{"method", "code"}),
	}
	if err := o.Registry.Register(s.requests); err != nil {
		return nil, err
	}
	return s, nil
}

// routes gives each method and path its handler.
func (s *server) routes(metrics http.Handler) http.Handler {
	const all, one = "/skydns/api", "/skydns/api/{name}"
	mux := http.NewServeMux()
	for _, path := range []string{all, all + "/{$}"} {
		mux.Handle("GET "+path, s.authorized(s.list))
		mux.Handle("POST "+path, s.authorized(s.changeMany))
		mux.Handle(path, s.authorized(notOffered("GET, POST")))
	}
	mux.Handle("GET "+one, s.authorized(s.show))
	mux.Handle("POST "+one, s.authorized(s.change(add)))
	mux.Handle("PUT "+one, s.authorized(s.change(update)))
	mux.Handle("DELETE "+one, s.authorized(s.change(remove)))
	mux.Handle(one, s.authorized(notOffered("GET, POST, PUT, DELETE")))
	mux.Handle("GET /healthz", s.open(func(w http.ResponseWriter, _ *http.Request) error { return ok(w) }))
	mux.Handle("GET /readyz", s.open(s.readiness))
	mux.Handle("GET /metrics", metrics)
	mux.Handle("/", s.open(func(_ http.ResponseWriter, r *http.Request) error {
		return fail(http.StatusNotFound, "no such path: %s", r.URL.Path)
	}))
	return mux
}

// readiness answers whether the node serves what etcd holds.
func (s *server) readiness(w http.ResponseWriter, _ *http.Request) error {
	if !s.ready() {
		return fail(http.StatusServiceUnavailable, "not ready: the first complete synchronisation with etcd is not published yet")
	}
	return ok(w)
}

// handler answers a request; an error that it returns is answered for it.
type handler func(w http.ResponseWriter, r *http.Request) error

// open serves h without authorization.
func (s *server) open(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		code := http.StatusOK
		if err := h(w, r); err != nil {
			code = s.refuse(w, r, err)
		}
		s.requests.WithLabelValues(methodLabel(r.Method), strconv.Itoa(code)).Inc()
	})
}

// methodLabel bounds what clients can make a metric's label.
func methodLabel(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete:
		return method
	}
	return "other"
}

// notOffered answers methods that a path does not have.
func notOffered(allow string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Allow", allow)
		return fail(http.StatusMethodNotAllowed, "%s is not offered here: want one of %s", r.Method, allow)
	}
}
