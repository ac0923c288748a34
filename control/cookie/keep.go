package cookie

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/control/store"
	"github.com/ipdcode/skydns/dataplane/snapshot"
)

// Key is where etcd holds the secrets. It lies outside of the records.
const Key = "/skydns-node/cookie-secrets"

const (
	// every is how soon a node knows what another has written: much sooner
	// than spread.
	every       = 10 * time.Second
	callTimeout = 5 * time.Second
)

// Keeper keeps Key, and the snapshot equal to it.
type Keeper struct {
	store  *store.Store
	writer *snapshot.Writer
	log    zerolog.Logger

	failures prometheus.Counter
	now      func() time.Time
	last     string // the error that was logged last
}

// New is a Keeper for a writer of which nothing else sets the secrets.
func New(st *store.Store, writer *snapshot.Writer, log zerolog.Logger) *Keeper {
	return &Keeper{store: st, writer: writer, log: log, now: time.Now, failures: prometheus.NewCounter(prometheus.CounterOpts{
		Name: "skydns_cookie_failures_total",
		Help: "Times, 10 seconds apart, that the secrets of DNS cookies could not be read, rolled over, or handed to dataplane.",
	})}
}

// Collectors are the package's metrics, for one registry.
func (k *Keeper) Collectors() []prometheus.Collector { return []prometheus.Collector{k.failures} }

// Run keeps the secrets until ctx ends. What fails is tried again for ever.
func (k *Keeper) Run(ctx context.Context) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		k.report(ctx, k.turn(ctx))
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// report counts an error, and logs it when it appears, not each time.
func (k *Keeper) report(ctx context.Context, err error) {
	text := ""
	if err != nil && ctx.Err() == nil {
		text = err.Error()
		k.failures.Inc()
	}
	if text != k.last && text != "" {
		k.log.Warn().Err(err).Msg("the secrets of DNS cookies are not kept: dataplane goes on with those that it has")
	}
	k.last = text
}

// turn reads the key, hands on what it holds, and takes the step that is due. If
// another control was faster, its secrets are there at the next turn.
func (k *Keeper) turn(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	page, err := k.store.Range(ctx, Key, store.After([]byte(Key)), 1, 0)
	if err != nil {
		return err
	}
	if len(page.KVs) == 0 {
		return k.step(ctx, fresh(k.now()), 0)
	}
	secrets, err := parse(page.KVs[0].Value)
	if err != nil {
		return fmt.Errorf("%s: %w", Key, err)
	}
	// Before the step: an etcd that can be read and not written is no reason to
	// leave dataplane without.
	if err := k.hand(secrets); err != nil {
		return err
	}
	if next, due := secrets.next(k.now()); due {
		return k.step(ctx, next, page.KVs[0].ModRevision)
	}
	return nil
}

// step writes secrets over those of a revision, 0 for none, and hands them on.
func (k *Keeper) step(ctx context.Context, s Secrets, revision int64) error {
	if err := k.write(ctx, s, revision); errors.Is(err, store.ErrConflict) {
		return nil
	} else if err != nil {
		return err
	}
	k.log.Info().Str("stage", s.Stage).Msg("secrets of DNS cookies")
	return k.hand(s)
}

// hand gives secrets to dataplane.
func (k *Keeper) hand(s Secrets) error {
	words, err := s.words()
	if err != nil {
		return err
	}
	return k.writer.SetCookieSecrets(words)
}

// write stores the secrets if the key is still what it was at a revision.
func (k *Keeper) write(ctx context.Context, s Secrets, revision int64) error {
	value, err := json.Marshal(s)
	if err != nil {
		return err
	}
	_, err = k.store.Commit(ctx,
		[]clientv3.Cmp{clientv3.Compare(clientv3.ModRevision(Key), "=", revision)},
		[]clientv3.Op{clientv3.OpPut(Key, string(value))})
	return err
}
