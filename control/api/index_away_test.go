package api

import (
	"context"
	"io"
	"math"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/control/store"
)

// TestListEndsWhenEtcdGoesAway verifies that a list whose etcd goes away behind
// its first look does not wait for it: it was under way for minutes, and every
// list behind it.
func TestListEndsWhenEtcdGoesAway(t *testing.T) {
	f := newFixture(t)
	o := f.options()
	address, away := between(t, strings.TrimPrefix(etcd.Client().Endpoints()[0], "http://"))
	var err error
	if o.Store, err = store.Open(t.Context(), store.Config{Endpoints: []string{"http://" + address}, Log: zerolog.Nop()}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Store.Close() })
	s, err := newServer(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.index.at(t.Context()); err != nil {
		t.Fatal(err)
	}
	away()
	ctx, cancel := context.WithTimeout(t.Context(), 3*catchUp)
	defer cancel()
	ended := make(chan bool, 1)
	go func() {
		_, _, ok := s.index.upTo(ctx, math.MaxInt64)
		ended <- ok
	}()
	select {
	case ok := <-ended:
		if ok {
			t.Error("the index is as of a revision that etcd does not have")
		}
	case <-ctx.Done():
		t.Error("the list still waits")
		s.index.follower.stop()
		<-ended
	}
}

// between is an address that leads to another until away is called.
func between(t *testing.T, to string) (address string, away func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	open := []io.Closer{l}
	away = sync.OnceFunc(func() {
		mu.Lock()
		defer mu.Unlock()
		for _, c := range open {
			c.Close()
		}
	})
	t.Cleanup(away)
	go func() {
		for {
			here, err := l.Accept()
			if err != nil {
				return
			}
			there, err := net.DialTimeout("tcp", to, time.Second)
			if err != nil {
				here.Close()
				continue
			}
			mu.Lock()
			open = append(open, here, there)
			mu.Unlock()
			go io.Copy(there, here)
			go io.Copy(here, there)
		}
	}()
	return l.Addr().String(), away
}
