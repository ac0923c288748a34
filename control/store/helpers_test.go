package store

import (
	"context"
	"errors"
	"maps"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// patience bounds every wait of a test for something that must happen.
const patience = 60 * time.Second

// freePort is a host:port of the loopback that nobody listens on.
func freePort(tb testing.TB) string {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// openEmbedded starts an etcd in this process, and ends it with the test.
func openEmbedded(tb testing.TB, dir, listen string) *Store {
	tb.Helper()
	s, err := Open(context.Background(), Config{DataDir: dir, Listen: listen, Log: zerolog.New(zerolog.NewTestWriter(tb))})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

// openClient is a Store of the etcd at an address.
func openClient(tb testing.TB, address string) *Store {
	tb.Helper()
	s, err := Open(context.Background(), Config{Endpoints: []string{"http://" + address}, Log: zerolog.New(zerolog.NewTestWriter(tb))})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

func put(tb testing.TB, s *Store, key, value string) {
	tb.Helper()
	if _, err := s.client.Put(context.Background(), key, value); err != nil {
		tb.Fatal(err)
	}
}

// mirror is what a receiver of batches knows.
type mirror struct {
	mu       sync.Mutex
	keys     map[string]string
	fresh    map[string]string // of the list under way
	syncs    int               // complete lists
	revision map[byte]int64    // by the prefix's second octet
}

// follow runs Follow into a mirror until the test ends.
func follow(tb testing.TB, s *Store, prefixes ...string) *mirror {
	tb.Helper()
	m := &mirror{}
	ctx, cancel := context.WithCancel(context.Background())
	out := make(chan Batch)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := s.Follow(ctx, prefixes, out); !errors.Is(err, context.Canceled) {
			tb.Errorf("Follow: %v", err)
		}
	}()
	go func() {
		for {
			select {
			case b := <-out:
				m.take(tb, b)
			case <-done:
				return
			}
		}
	}()
	tb.Cleanup(func() { cancel(); <-done })
	return m
}

func (m *mirror) take(tb testing.TB, b Batch) {
	m.mu.Lock()
	defer m.mu.Unlock()
	target := m.keys
	switch b.Kind {
	case SyncBegin:
		m.fresh = map[string]string{}
		m.revision = map[byte]int64{}
	case SyncItems:
		target = m.fresh
	case SyncEnd:
		m.keys, m.fresh = m.fresh, nil
		m.syncs++
	case Changes:
		prefix := b.Events[0].Key[1]
		if b.Revision <= m.revision[prefix] {
			tb.Errorf("revision %d after %d", b.Revision, m.revision[prefix])
		}
		m.revision[prefix] = b.Revision
	}
	for _, e := range b.Events {
		if e.Deleted {
			delete(target, e.Key)
		} else {
			target[e.Key] = string(e.Value)
		}
	}
}

// wait waits until the mirror holds exactly want after that many lists.
func (m *mirror) wait(tb testing.TB, syncs int, want map[string]string) {
	tb.Helper()
	eventually(tb, func() bool {
		m.mu.Lock()
		defer m.mu.Unlock()
		return m.syncs == syncs && maps.Equal(m.keys, want)
	}, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		tb.Errorf("%d lists, want %d; %d keys, want %d", m.syncs, syncs, len(m.keys), len(want))
	})
}

// eventually waits until ok, and reports what is wrong if it never is.
func eventually(tb testing.TB, ok func() bool, wrong func()) {
	tb.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if ok() {
			return
		}
	}
	wrong()
	tb.FailNow()
}

// gate is a TCP proxy in front of etcd that a test can cut and freeze.
type gate struct {
	address string
	shut    atomic.Bool // connections are refused
	frozen  atomic.Bool // connections stay, and nothing passes
	sever   atomic.Bool // the next connection that says something breaks

	mu     sync.Mutex
	target string
	conns  []net.Conn
}

func newGate(tb testing.TB, target string) *gate {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	g := &gate{address: l.Addr().String(), target: target}
	tb.Cleanup(func() { _ = l.Close(); g.cut() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go g.serve(c)
		}
	}()
	return g
}

func (g *gate) serve(c net.Conn) {
	if g.shut.Load() {
		_ = c.Close()
		return
	}
	g.mu.Lock()
	target := g.target
	g.mu.Unlock()
	up, err := net.Dial("tcp", target)
	if err != nil {
		_ = c.Close()
		return
	}
	g.mu.Lock()
	g.conns = append(g.conns, c, up)
	g.mu.Unlock()
	go g.pump(c, up)
	g.pump(up, c)
}

func (g *gate) pump(from, to net.Conn) {
	defer from.Close()
	defer to.Close()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		for g.frozen.Load() {
			time.Sleep(time.Millisecond)
		}
		if n > 0 && g.sever.CompareAndSwap(true, false) {
			return
		}
		if _, werr := to.Write(buf[:n]); err != nil || werr != nil {
			return
		}
	}
}

// cut breaks all connections.
func (g *gate) cut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range g.conns {
		_ = c.Close()
	}
	g.conns = nil
}

// replace stops the etcd behind the gate and starts another one on dir. The
// gate stays shut.
func (g *gate) replace(tb testing.TB, old *Store, dir string) *Store {
	tb.Helper()
	g.shut.Store(true)
	g.cut()
	if err := old.Close(); err != nil {
		tb.Fatal(err)
	}
	next := openEmbedded(tb, dir, "127.0.0.1:0")
	tb.Cleanup(func() { g.shut.Store(true); g.cut() }) // it need not wait for its clients
	g.mu.Lock()
	g.target = hostPort(next)
	g.mu.Unlock()
	return next
}
