package stats

import (
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/ipdcode/skydns/dataplane/netio"
	"github.com/ipdcode/skydns/dataplane/snapshot"
)

// Config is what a server shows and to whom.
type Config struct {
	Addr     string        // host:port to listen on
	Token    func() string // that all but /metrics want to see at the moment; "" lets nobody see it
	Sources  []Source      // of each core
	Snapshot *Snapshot

	// Exceptions is what the exception port carries; nil if there is none.
	Exceptions *netio.Exceptions

	// Slot is the server's own place among the readers of the snapshot; nil
	// shows no names.
	Slot *snapshot.Slot
}

// Server serves the counts over HTTP: /metrics in Prometheus' text form, and
// the ancestor's calls below /skydns in JSON.
type Server struct {
	http     http.Server
	listener net.Listener
	stored   *stored
}

// NewServer listens. The error names the address and what to do.
func NewServer(c Config) (*Server, error) {
	l, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return nil, fmt.Errorf("serve statistics: %w: change statsServer in [Stats]", err)
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(&collector{sources: c.Sources, exceptions: c.Exceptions, snapshot: c.Snapshot, clock: newClock()})
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	a := &ancestor{sources: c.Sources, stored: stored{slot: c.Slot}}
	for pattern, h := range a.calls() {
		mux.HandleFunc(pattern, authorized(c.Token, h))
	}
	return &Server{
		http: http.Server{
			Handler: explained(mux), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 20 * time.Second,
			IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		},
		listener: l, stored: &a.stored,
	}, nil
}

// Addr is the address that the server listens on.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// Serve answers until Close.
func (s *Server) Serve() { _ = s.http.Serve(s.listener) }

// Close ends Serve and the connections. The snapshot is not looked at any more.
func (s *Server) Close() error {
	err := s.http.Close()
	s.stored.end()
	return err
}
