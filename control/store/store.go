package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"
	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// ErrConflict is the error of a Commit whose compares did not hold.
var ErrConflict = errors.New("changed by someone else meanwhile")

// callTimeout bounds one small request to etcd.
const callTimeout = 5 * time.Second

// Store is one etcd. Its methods may be called from any goroutine.
type Store struct {
	client  *clientv3.Client
	watcher clientv3.Watcher // the client, or one in this process
	server  *embedded        // nil: etcd runs elsewhere
	log     zerolog.Logger
	state   state
	up      func() time.Duration // since Open, whatever the wall clock does
}

// Open prepares to use etcd, and starts one in this process where c names no
// endpoint. An etcd elsewhere need not be reachable yet.
func Open(ctx context.Context, c Config) (*Store, error) {
	opened := time.Now()
	s := &Store{log: c.Log, up: func() time.Duration { return time.Since(opened) }}
	endpoints := c.Endpoints
	if len(endpoints) == 0 {
		server, err := startEmbedded(ctx, c)
		if err != nil {
			return nil, err
		}
		s.server = server
		endpoints = []string{"http://" + server.Clients[0].Addr().String()}
		s.log.Info().Str("data-dir", c.DataDir).Strs("endpoints", endpoints).Msg("etcd embedded in this process serves")
	}
	client, err := newClient(c, endpoints)
	if err != nil {
		s.stopServer()
		return nil, err
	}
	s.client, s.watcher = client, client
	if s.server != nil {
		s.watcher = s.server.watcher()
	}
	return s, nil
}

// Close ends the connection and, where it runs in this process, etcd.
func (s *Store) Close() error {
	var err error
	if s.server != nil {
		err = s.watcher.Close()
	}
	err = errors.Join(err, s.client.Close())
	s.stopServer()
	if err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("close the etcd client: %w", plain(err))
	}
	return nil
}

func (s *Store) stopServer() {
	if s.server != nil {
		s.server.stop()
	}
}

// Client is the client itself, for what the methods here do not offer.
func (s *Store) Client() *clientv3.Client { return s.client }

// Page is a part of a range of keys, in key order.
type Page struct {
	KVs      []*mvccpb.KeyValue
	Revision int64 // of etcd when it was read
	Count    int64 // keys in the range from the page's start, those of later pages included
	More     bool  // keys follow the last of KVs
}

// Range reads the keys from, inclusive, to to, exclusive, at most limit of
// them (0: all) as they were at a revision (0: now). PrefixEnd gives to for a
// prefix; the next page's from is the last key and a zero octet (After).
func (s *Store) Range(ctx context.Context, from, to string, limit, revision int64) (Page, error) {
	resp, err := s.client.Get(ctx, from, clientv3.WithRange(to), clientv3.WithLimit(limit), clientv3.WithRev(revision))
	if err != nil {
		return Page{}, fmt.Errorf("read keys from %s: %w", from, s.plain(err))
	}
	return Page{KVs: resp.Kvs, Revision: resp.Header.Revision, Count: resp.Count, More: resp.More}, nil
}

// PrefixEnd is the first key behind all keys that start with prefix.
func PrefixEnd(prefix string) string { return clientv3.GetPrefixRangeEnd(prefix) }

// After is the first key behind key.
func After(key []byte) string { return string(key) + "\x00" }

// Commit executes ops in one transaction if all compares hold, else it
// returns ErrConflict and has changed nothing. It returns etcd's revision.
func (s *Store) Commit(ctx context.Context, compares []clientv3.Cmp, ops []clientv3.Op) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	resp, err := s.client.Txn(ctx).If(compares...).Then(ops...).Commit()
	if err != nil {
		return 0, fmt.Errorf("write to etcd: %w", s.plain(err))
	}
	if !resp.Succeeded {
		return resp.Header.Revision, ErrConflict
	}
	return resp.Header.Revision, nil
}
