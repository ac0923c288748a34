package stats

import (
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Server serves the counts over HTTP: GET /metrics, in Prometheus' text form.
type Server struct {
	http     http.Server
	listener net.Listener
}

// NewServer listens on addr, host:port. The error names the address and what to do.
func NewServer(addr string, sources []Source, snapshot *Snapshot) (*Server, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("serve statistics: %w: change statsServer in [Stats]", err)
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(&collector{sources, snapshot})
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	return &Server{
		http:     http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second},
		listener: l,
	}, nil
}

// Addr is the address that the server listens on.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// Serve answers until Close.
func (s *Server) Serve() { _ = s.http.Serve(s.listener) }

// Close ends Serve and the connections.
func (s *Server) Close() error { return s.http.Close() }
