package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/embed"
	"go.etcd.io/etcd/server/v3/etcdserver/api/v3client"
	"google.golang.org/grpc"
)

const (
	maxTxnOps  = 10_000   // a zone file is imported in one transaction
	maxRequest = 10 << 20 // octets of one, likewise; etcd recommends no more

	// quota is room for some ten million records.
	quota = 8 << 30

	// startTimeout is how long the first start of an etcd may take: it reads
	// its whole log.
	startTimeout = time.Minute

	// leaveTimeout is how long other programs may go on with their requests
	// when etcd ends. A watch goes on for ever; etcd alone waits seven seconds.
	leaveTimeout = 500 * time.Millisecond
)

// embedded is an etcd of one member in this process.
type embedded struct {
	*embed.Etcd
	quiet *atomic.Bool // it starts or stops: its warnings are of no use
	once  sync.Once

	mu   sync.Mutex
	grpc []*grpc.Server // of its clients
}

// startEmbedded runs an etcd and waits until it serves.
func startEmbedded(ctx context.Context, c Config) (*embedded, error) {
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("start the embedded etcd: data-dir: %w", err)
	}
	e := &embedded{quiet: new(atomic.Bool)}
	e.quiet.Store(true)
	var err error
	ec := embeddedConfig(c, e.quiet)
	ec.ServiceRegister = e.register
	if e.Etcd, err = embed.StartEtcd(ec); errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("start the embedded etcd: %s is taken: stop the program there, name it in etcd-servers, or choose another etcd-listen", c.Listen)
	}
	if err != nil {
		return nil, fmt.Errorf("start the embedded etcd in %s: %w", c.DataDir, err)
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	select {
	case <-e.Server.ReadyNotify():
		e.quiet.Store(false)
		return e, nil
	case err = <-e.Err():
	case <-ctx.Done():
		err = ctx.Err()
	}
	e.stop()
	return nil, fmt.Errorf("start the embedded etcd in %s: %w", c.DataDir, err)
}

// register notes a server of clients; etcd has one for each kind of connection.
func (e *embedded) register(s *grpc.Server) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.grpc = append(e.grpc, s)
}

// watcher watches in this process, without the encoding and the system calls of
// a connection. It is the caller's to close.
func (e *embedded) watcher() clientv3.Watcher { return v3client.New(e.Server).Watcher }

// stop ends etcd. What it has acknowledged is on disk. Clients have
// leaveTimeout to finish.
func (e *embedded) stop() {
	e.once.Do(func() {
		e.quiet.Store(true)
		cut := time.AfterFunc(leaveTimeout, func() {
			e.mu.Lock()
			defer e.mu.Unlock()
			for _, s := range e.grpc {
				s.Stop()
			}
		})
		defer cut.Stop()
		e.Close()
	})
}

// embeddedConfig is etcd's own configuration.
func embeddedConfig(c Config, quiet *atomic.Bool) *embed.Config {
	ec := embed.NewConfig()
	ec.Name = "skydns"
	ec.Dir = c.DataDir
	client := url.URL{Scheme: "http", Host: c.Listen}
	// No other member will come: any free port on the loopback does for peers.
	peer := url.URL{Scheme: "http", Host: "127.0.0.1:0"}
	ec.ListenClientUrls, ec.AdvertiseClientUrls = []url.URL{client}, []url.URL{client}
	ec.ListenPeerUrls, ec.AdvertisePeerUrls = []url.URL{peer}, []url.URL{peer}
	ec.InitialCluster = ec.InitialClusterFromName(ec.Name)
	ec.MaxTxnOps = maxTxnOps
	ec.MaxRequestBytes = maxRequest
	ec.QuotaBackendBytes = quota
	ec.AutoCompactionMode = embed.CompactorModePeriodic
	ec.AutoCompactionRetention = "10m"
	ec.ZapLoggerBuilder = embed.NewZapLoggerBuilder(zapLogger(c.Log, quiet))
	return ec
}
