package api

import (
	"bytes"
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/control/store"
)

// lossy is etcd with changes whose answers are lost.
type lossy struct{ clientv3.KV }

func (l lossy) Txn(ctx context.Context) clientv3.Txn { return &lossyTxn{Txn: l.KV.Txn(ctx)} }

type lossyTxn struct {
	clientv3.Txn
	writes bool
}

func (l *lossyTxn) If(cs ...clientv3.Cmp) clientv3.Txn {
	l.Txn, l.writes = l.Txn.If(cs...), true
	return l
}

func (l *lossyTxn) Then(ops ...clientv3.Op) clientv3.Txn {
	l.Txn = l.Txn.Then(ops...)
	return l
}

func (l *lossyTxn) Commit() (*clientv3.TxnResponse, error) {
	resp, err := l.Txn.Commit()
	if l.writes && err == nil {
		return nil, context.DeadlineExceeded
	}
	return resp, err
}

// TestChangeWithoutAuditLine verifies that a change whose answer from etcd is
// lost has an audit line, which says that the outcome is unknown, and that one
// which etcd refuses has none.
func TestChangeWithoutAuditLine(t *testing.T) {
	f := newFixture(t)
	log := new(bytes.Buffer)
	o := f.options()
	var err error
	if o.Store, err = store.Open(t.Context(), store.Config{Endpoints: etcd.Client().Endpoints(), Log: zerolog.Nop()}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Store.Close() })
	o.Store.Client().KV = lossy{o.Store.Client().KV}
	o.Log = zerolog.New(log)
	h, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	f.serve(h)
	if code, text := f.do("POST", "/skydns/api/n?user=ann", `{"ips":["10.0.0.1"]}`); code != 503 || !strings.Contains(text, "whether the change is made is not known") {
		t.Errorf("%d %s", code, text)
	}
	if got := len(f.keys(f.base())); got != 1 {
		t.Fatalf("%d records", got)
	}
	line, _, _ := strings.Cut(f.short(log.String()), "\n")
	for _, part := range []string{`"level":"audit"`, `"user":"ann"`, `"outcome":"unknown"`, `"add":["n.D. A 10.0.0.1"]`} {
		if !strings.Contains(line, part) {
			t.Errorf("no %s in %s", part, line)
		}
	}
	log.Reset()
	if code, text := f.do("POST", "/skydns/api/n?user=bob", `{"ips":["10.0.0.2"]}`); code != 403 || log.Len() != 0 {
		t.Errorf("a refused change: %d %s, log %s", code, text, log)
	}
}

// TestClientThatHangsUp verifies that a change is made and has its audit line
// although the client that asked for it has gone.
func TestClientThatHangsUp(t *testing.T) {
	f := newFixture(t)
	log := new(bytes.Buffer)
	o := f.options()
	o.Log = zerolog.New(log)
	h, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	gone, hangUp := context.WithCancel(t.Context())
	hangUp()
	for path, body := range map[string]string{"/skydns/api/n": `{"ips":["10.0.0.1"]}`, "/skydns/api": `[{"name":"m","ips":["10.0.0.2"]}]`} {
		r := httptest.NewRequestWithContext(gone, "POST", path+"?token="+token, strings.NewReader(body))
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
	if got := len(f.keys(f.base())); got != 2 {
		t.Errorf("%d changes are made", got)
	}
	if n := strings.Count(log.String(), "records changed"); n != 2 {
		t.Errorf("%d audit lines: %s", n, log)
	}
}
