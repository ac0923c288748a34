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
	queues := driver.queues
	tcp, err := openTCP(c, log, len(cores))
	if err != nil {
		return errors.Join(err, abandon(queues))
	}
	queues = append(append(queues, tcp...), openLeftovers(c, log)...)
	reader := snapshot.OpenReader(c.Dataplane.SnapshotDir)
	logDir(c, reader, log)
	clock := new(atomic.Uint64)
	setClock(clock)
	workers, err := newWorkers(c, log, cores, queues, reader, clock)
	if err != nil {
		return errors.Join(err, abandon(queues))
	}
	snap := new(stats.Snapshot)
	shown := newToken(c)
	stopStats, err := serveStats(c, shown.get, workers, driver.exceptions, snap, reader)
	if err != nil {
		return errors.Join(err, abandon(queues))
	}
	defer stopStats()
	makeRoom(cores, usable, len(queues)-len(cores))

	refreshing, stopRefresh := context.WithCancel(context.Background())
	var refresher sync.WaitGroup
	refresh(reader, snap, log)
	refresher.Go(func() { keepFresh(refreshing, reader, snap, clock, log) })
	refresher.Go(func() {
		follow(refreshing, func(c *configs.Config) {
			reconfigure(c, workers, len(cores))
			shown.set(c)
		})
	})
	log.Info().Str("driver", c.Dataplane.Driver).Ints("cores", cores).Msg("answering")

	living, die := context.WithCancel(ctx)
	refresher.Go(func() { keepAlive(living, workers, clock, log) })

	err = runWorkers(ctx, workers[:len(cores)], workers[len(cores):])
	die()
	stopRefresh()
	refresher.Wait()
	log.Info().Msg("stopped")
	return errors.Join(err, reader.Close())
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
