package store

import (
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rs/zerolog"
	"go.etcd.io/etcd/server/v3/embed"
)

// server is an etcd in this process that is not control's own: a member of a
// cluster, or one with another configuration.
type server struct {
	config *embed.Config
	etcd   *embedded
}

// newServer makes the configuration of an etcd of one member.
func newServer(tb testing.TB, dir string) *server {
	tb.Helper()
	quiet := new(atomic.Bool)
	quiet.Store(true)
	c := embeddedConfig(Config{DataDir: dir, Listen: freePort(tb), Log: zerolog.Nop()}, quiet)
	return &server{config: c}
}

// newCluster makes the configurations of a cluster.
func newCluster(tb testing.TB, members int) []*server {
	tb.Helper()
	var servers []*server
	var initial []string
	for i := range members {
		s := newServer(tb, tb.TempDir())
		s.config.Name = fmt.Sprintf("m%d", i)
		peer := url.URL{Scheme: "http", Host: freePort(tb)}
		s.config.ListenPeerUrls, s.config.AdvertisePeerUrls = []url.URL{peer}, []url.URL{peer}
		initial = append(initial, s.config.Name+"="+peer.String())
		servers = append(servers, s)
	}
	for _, s := range servers {
		s.config.InitialCluster = strings.Join(initial, ",")
	}
	return servers
}

// start starts etcd, again on its data, and does not wait for a leader. It
// ends with the test.
func (s *server) start(tb testing.TB) {
	tb.Helper()
	s.etcd = &embedded{quiet: new(atomic.Bool)}
	s.config.ServiceRegister = s.etcd.register
	var err error
	if s.etcd.Etcd, err = embed.StartEtcd(s.config); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.etcd.stop)
}

// endpoint is the URL of its clients.
func (s *server) endpoint() string { return s.config.AdvertiseClientUrls[0].String() }

// open is a Store of servers elsewhere; the endpoints and the log are filled in.
func open(tb testing.TB, c Config, servers ...*server) *Store {
	tb.Helper()
	for _, s := range servers {
		c.Endpoints = append(c.Endpoints, s.endpoint())
	}
	c.Log = zerolog.New(zerolog.NewTestWriter(tb))
	s, err := Open(tb.Context(), c)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s
}
