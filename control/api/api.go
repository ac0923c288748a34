package api

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/configs"
	"github.com/ipdcode/skydns/control/publish"
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
	NSAddrs  []netip.Addr             // of this node, for the name server that a zone lacks
	SOA      func() publish.SOA       // that a zone lacks, at the moment; nil: the default
	Ready    func() bool              // whether the first complete synchronisation is published
	Errors   func() []json.RawMessage // the last error lines of the log, oldest first; nil: not known
	Registry *prometheus.Registry     // what /metrics shows; the interface adds its own
	Log      zerolog.Logger
}

// server is the interface: immutable but for what the fields themselves guard.
type server struct {
	records *records
	index   *index
	changer *changer
	names   *names
	token   func() string
	timeout time.Duration // bounds one request's dealings with etcd, but for lists
	nsAddrs []netip.Addr
	soa     func() publish.SOA
	ready   func() bool
	errors  func() []json.RawMessage
	started time.Time
	exposed http.Handler // of the metrics
	log     zerolog.Logger
	*counters
	*underWay
}

// Interface is the handler of all paths, for any number of goroutines.
type Interface struct {
	http.Handler
	underWay     *underWay
	adopter      *adopter
	log          zerolog.Logger
	bounds       bounds
	answerWithin time.Duration
	probe        chan int // the status code of the answer to the last one; nil: it has been taken
}

// New makes the interface.
func New(o Options) (*Interface, error) {
	s, err := newServer(o)
	if err != nil {
		return nil, err
	}
	return s.over(s.routes()), nil
}

// over is the interface with a handler of its own.
func (s *server) over(h http.Handler) *Interface {
	return &Interface{Handler: h, underWay: s.underWay, adopter: newAdopter(s.changer), log: s.log, bounds: defaultBounds, answerWithin: answerWithin}
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
	if o.SOA == nil {
		o.SOA = func() publish.SOA { return publish.DefaultSOA }
	}
	recs := &records{store: o.Store, zones: zones}
	s := &server{
		records:  recs,
		index:    newIndex(recs, ours),
		changer:  &changer{records: recs, monitorPath: string(o.Config.Dns.MonitorPath)},
		names:    &names{ours: ours, zones: zones, services: services},
		token:    o.Token,
		timeout:  callTimeout,
		nsAddrs:  o.NSAddrs,
		soa:      o.SOA,
		ready:    o.Ready,
		errors:   o.Errors,
		started:  time.Now(),
		exposed:  promhttp.HandlerFor(o.Registry, promhttp.HandlerOpts{}),
		log:      o.Log,
		counters: newCounters(),
		underWay: newUnderWay(),
	}
	s.changer.retries = s.retries
	return s, s.register(o.Registry)
}

// handler answers a request; an error that it returns is answered for it.
type handler func(w http.ResponseWriter, r *http.Request) error

// open serves h without authorization.
func (s *server) open(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		code := statusClientGone // an answer that is cut off
		begun := time.Now()
		defer s.begin(r)()
		defer func() {
			s.requests.WithLabelValues(methodLabel(r.Method), strconv.Itoa(code)).Inc()
			s.seconds.WithLabelValues(methodLabel(r.Method)).Observe(time.Since(begun).Seconds())
		}()
		if err := h(w, r); err != nil {
			code = s.refuse(w, r, err)
		} else {
			code = http.StatusOK
		}
	})
}
