package main

import (
	"context"
	"errors"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/configs"
	"github.com/ipdcode/skydns/dataplane/exception"
	"github.com/ipdcode/skydns/dataplane/netio"
	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/stats"
	"github.com/ipdcode/skydns/dataplane/worker"
)

// gcPercent lets the heap grow to 16 MB before a collection. What lives is
// small and nothing on the path of a query allocates: a collection an hour is
// better than one a minute, for each takes time from the poll loops.
const gcPercent = 400

// serve answers queries until ctx ends, then answers what had arrived.
func serve(ctx context.Context, c *configs.Config, log zerolog.Logger, follow follower) error {
	debug.SetGCPercent(gcPercent)
	usable, err := usableCores()
	if err != nil {
		return err
	}
	cores, err := pollCores(c.Dataplane.Cores, usable)
	if err != nil {
		return err
	}
	driver, err := openDriver(c, log, cores, usable)
	if err != nil {
		return err
	}
	defer driver.end()
	tcp, err := openTCP(c, log, len(cores))
	if err != nil {
		return errors.Join(err, abandon(driver.queues))
	}
	queues := append(append(driver.queues, tcp...), openLeftovers(c, log)...)
	n, err := newNode(c, log, cores, queues, driver.exceptions)
	if err != nil {
		return errors.Join(err, abandon(queues))
	}
	makeRoom(cores, usable, len(queues)-len(cores))
	return n.run(ctx, follow)
}

// node is the workers of all queues and what runs beside them.
type node struct {
	log       zerolog.Logger
	driver    string
	cores     []int
	workers   []*worker.Worker // those of the cores come first
	reader    *snapshot.Reader
	clock     *atomic.Uint64
	shown     *stats.Snapshot
	secrets   *secretsWatch
	token     *token
	stopStats func()
}

func newNode(c *configs.Config, log zerolog.Logger, cores []int, queues []netio.Queue, exceptions *netio.Exceptions) (n *node, err error) {
	n = &node{
		log: log, driver: c.Dataplane.Driver, cores: cores, reader: snapshot.OpenReader(c.Dataplane.SnapshotDir),
		clock: new(atomic.Uint64), shown: new(stats.Snapshot), token: newToken(c),
	}
	n.secrets = &secretsWatch{reader: n.reader, counters: n.shown, log: log}
	n.secrets.wanted.Store(c.Answers.Cookies)
	logDir(c, n.reader, log)
	setClock(n.clock)
	if n.workers, err = newWorkers(c, log, cores, queues, n.reader, n.clock); err != nil {
		return nil, err
	}
	n.stopStats, err = serveStats(c, n.token.get, n.workers, exceptions, n.shown, n.reader)
	return n, err
}

// run serves until ctx ends, or a worker fails, and ends all.
func (n *node) run(ctx context.Context, follow follower) error {
	beside, stop := context.WithCancel(context.Background())
	living, die := context.WithCancel(ctx)
	var ended sync.WaitGroup
	refresh(n.reader, n.shown, n.log)
	ended.Go(func() { keepFresh(beside, n.reader, n.shown, n.clock, n.secrets, n.log) })
	ended.Go(func() {
		follow(beside, func(c *configs.Config) {
			reconfigure(c, n.workers, len(n.cores))
			n.token.set(c)
			n.secrets.wanted.Store(c.Answers.Cookies)
		})
	})
	n.log.Info().Str("driver", n.driver).Ints("cores", n.cores).Msg("answering")
	ended.Go(func() { keepAlive(living, n.workers, n.clock, n.log) })

	err := runWorkers(ctx, n.workers[:len(n.cores)], n.workers[len(n.cores):])
	die()
	stop()
	ended.Wait()
	n.stopStats()
	n.log.Info().Msg("stopped")
	return errors.Join(err, n.reader.Close())
}

// logDir says where the snapshot is.
func logDir(c *configs.Config, reader *snapshot.Reader, log zerolog.Logger) {
	dir, huge := reader.Dir()
	switch {
	case c.Dataplane.SnapshotDir != "":
		log.Info().Str("dir", dir).Msg("snapshot directory from snapshot-dir")
	case huge:
		log.Info().Str("dir", dir).Msg("snapshot directory, in huge pages")
	default:
		log.Warn().Str("dir", dir).Msg("snapshot directory, not in huge pages: large tables are answered at half the speed: mount hugetlbfs and reserve pages (vm.nr_hugepages)")
	}
}

// serveStats serves the counters where the configuration wants it.
func serveStats(c *configs.Config, token func() string, workers []*worker.Worker, exceptions *netio.Exceptions, snap *stats.Snapshot, reader *snapshot.Reader) (stop func(), err error) {
	if c.Stats.Server == "" {
		return func() {}, nil
	}
	sources := make([]stats.Source, len(workers))
	tcp := 0
	for i, w := range workers {
		sources[i] = stats.Source{Core: w.Core, Counters: w.Counters, Drops: w.Queue.Drops()}
		if q, ok := w.Queue.(*exception.TCPQueue); ok {
			sources[i].Core, sources[i].TCP = tcp, q.Counters()
			tcp++
		}
	}
	slot, err := reader.NewSlot()
	if err != nil {
		return nil, err
	}
	server, err := stats.NewServer(stats.Config{
		Addr: c.Stats.Server, Token: token, Sources: sources, Exceptions: exceptions, Snapshot: snap, Slot: slot,
	})
	if err != nil {
		return nil, err
	}
	go server.Serve()
	return func() { server.Close() }, nil
}
