package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/configs"
	"github.com/ipdcode/skydns/control/store"
)

// gated is etcd that takes changes, and answers when released.
type gated struct {
	clientv3.KV
	taken, release chan struct{}
}

func (g gated) Txn(ctx context.Context) clientv3.Txn {
	return &gatedTxn{lossyTxn{Txn: g.KV.Txn(ctx)}, ctx, g}
}

type gatedTxn struct {
	lossyTxn
	ctx  context.Context
	etcd gated
}

func (g *gatedTxn) If(cs ...clientv3.Cmp) clientv3.Txn   { g.lossyTxn.If(cs...); return g }
func (g *gatedTxn) Then(ops ...clientv3.Op) clientv3.Txn { g.lossyTxn.Then(ops...); return g }

func (g *gatedTxn) Commit() (*clientv3.TxnResponse, error) {
	resp, err := g.Txn.Commit()
	if !g.writes || err != nil {
		return resp, err
	}
	close(g.etcd.taken)
	select {
	case <-g.etcd.release:
		return resp, nil
	case <-g.ctx.Done():
		return nil, g.ctx.Err()
	}
}

// syncBuffer is a log that is read while others write it.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// ending is an interface over a gated etcd, which serves until end is called.
type ending struct {
	*fixture
	*Interface
	etcd gated
	log  *syncBuffer
	end  func() error
}

func newEnding(t *testing.T) *ending {
	t.Helper()
	e := &ending{fixture: newFixture(t), log: new(syncBuffer)}
	o := e.options()
	var err error
	if o.Store, err = store.Open(t.Context(), store.Config{Endpoints: etcd.Client().Endpoints(), Log: zerolog.Nop()}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Store.Close() })
	e.etcd = gated{o.Store.Client().KV, make(chan struct{}), make(chan struct{})}
	o.Store.Client().KV = e.etcd
	o.Log = zerolog.New(e.log)
	if e.Interface, err = New(o); err != nil {
		t.Fatal(err)
	}
	e.bounds = bounds{drain: 20 * time.Millisecond, finish: time.Minute, giveUp: time.Minute, answer: time.Minute}
	listener, err := Listen(configs.SkydnsApi{Address: "127.0.0.1:0"}, o.Log)
	if err != nil {
		t.Fatal(err)
	}
	e.url = "http://" + listener.Addr().String()
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- e.Serve(ctx, listener) }()
	e.end = sync.OnceValue(func() error { stop(); return <-served })
	t.Cleanup(func() { e.end() })
	return e
}

// importing sends a zone; its answer comes on the channel.
func (e *ending) importing() <-chan string {
	answer := make(chan string, 1)
	go func() {
		text := "$TTL 60\n@ SOA ns h 1 2 3 4 5\n@ NS ns\na A 10.0.0.1\n"
		resp, err := http.Post(e.url+"/skydns/api?token="+token, zoneType, strings.NewReader(text))
		if err != nil {
			answer <- err.Error()
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		answer <- string(body)
	}()
	return answer
}

// TestLongImportHasAuditLineAtTheEnd verifies that an import which takes longer
// than other requests may at the end of the program is answered, and has its
// audit line when the interface has ended: the line came too late.
func TestLongImportHasAuditLineAtTheEnd(t *testing.T) {
	e := newEnding(t)
	answer := e.importing()
	select {
	case <-e.etcd.taken:
	case text := <-answer:
		t.Fatalf("the import is answered at once: %s", text)
	}
	ended := make(chan error, 1)
	go func() { ended <- e.end() }()
	for !e.closing() {
		time.Sleep(time.Millisecond)
	}
	if _, err := e.underWay.beginChange(); !errors.Is(err, errEnding) {
		t.Errorf("a change that comes now: %v", err)
	}
	close(e.etcd.release)
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if text := e.log.String(); strings.Count(text, "records changed") != 1 {
		t.Errorf("the log has %s", text)
	}
	if text := <-answer; text != "OK\n" {
		t.Errorf("the client is told %q", text)
	}
}

// closing tells that no change begins any more.
func (e *ending) closing() bool {
	e.underWay.mu.Lock()
	defer e.underWay.mu.Unlock()
	return e.underWay.closed
}

// TestChangeGivenUpHasAuditLine verifies that a change which etcd has taken and
// does not answer before the program has to end has an audit line too.
func TestChangeGivenUpHasAuditLine(t *testing.T) {
	e := newEnding(t)
	e.bounds.finish = 20 * time.Millisecond
	answer := e.importing()
	select {
	case <-e.etcd.taken:
	case text := <-answer:
		t.Fatalf("the import is answered at once: %s", text)
	}
	if err := e.end(); err != nil {
		t.Error(err)
	}
	if text := e.log.String(); !strings.Contains(text, `"outcome":"unknown"`) {
		t.Errorf("the log has %s", text)
	}
	if text := <-answer; !strings.Contains(text, "not known") {
		t.Errorf("the client is told %q", text)
	}
}

// TestBoundsOfTheEnd verifies that control has ended before the service manager
// ends it (TimeoutStopSec= of its unit is 30 s), its etcd's two seconds included.
func TestBoundsOfTheEnd(t *testing.T) {
	b := defaultBounds
	if sum := b.drain + b.finish + b.giveUp + b.answer; sum > 28*time.Second {
		t.Errorf("the end of the interface may take %v", sum)
	}
}
