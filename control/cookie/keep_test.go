package cookie

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/control/store"
	"github.com/ipdcode/skydns/dataplane/snapshot"
)

// node is one control and the readers of its snapshot.
type node struct {
	*Keeper
	t      *testing.T
	reader *snapshot.Reader
	slot   *snapshot.Slot
}

func newNode(t *testing.T, st *store.Store, now *time.Time) *node {
	t.Helper()
	dir := t.TempDir()
	w, err := snapshot.OpenWriter(snapshot.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.BeginSync(0); err != nil {
		t.Fatal(err)
	}
	if _, err := w.EndSync(); err != nil {
		t.Fatal(err)
	}
	r := snapshot.OpenReader(dir)
	slot, err := r.NewSlot()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slot.Leave(); r.Close(); w.Close() })
	if _, err := r.Refresh(); err != nil {
		t.Fatal(err)
	}
	k := New(st, w, zerolog.Nop())
	k.now = func() time.Time { return *now }
	return &node{Keeper: k, t: t, reader: r, slot: slot}
}

// turned takes a turn and returns the secrets that dataplane then has.
func (n *node) turned() snapshot.CookieSecrets {
	n.t.Helper()
	if err := n.turn(context.Background()); err != nil {
		n.t.Fatal(err)
	}
	s, _ := n.slot.Enter().CookieSecrets()
	return s
}

func openStore(t *testing.T) *store.Store {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listen := l.Addr().String()
	l.Close()
	st, err := store.Open(context.Background(), store.Config{DataDir: t.TempDir(), Listen: listen, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return st
}

// TestNodesShareSecrets verifies that all nodes accept what any of them signs,
// through two roll-overs, whichever of them takes the steps.
func TestNodesShareSecrets(t *testing.T) {
	st := openStore(t)
	now := time.Unix(1_800_000_000, 0)
	a, b := newNode(t, st, &now), newNode(t, st, &now)
	first := a.turned()
	if first.Sign == [2]uint64{} || b.turned() != first {
		t.Fatalf("%v and %v at first", first, b.turned())
	}
	for i, step := range []time.Duration{lifetime, spread, expiry, lifetime, spread, expiry} {
		now = now.Add(step)
		if i%2 == 1 {
			a, b = b, a
		}
		stepped := a.turned()
		if got := b.turned(); got != stepped {
			t.Errorf("step %d: %v and %v", i, stepped, got)
		}
	}
	if last := a.turned(); last.Sign == first.Sign || last.Accept != [2]uint64{} {
		t.Errorf("after two roll-overs: %v", last)
	}
}

// TestOneOfManyMakesTheKey verifies that what loses the race takes over what
// the winner wrote.
func TestOneOfManyMakesTheKey(t *testing.T) {
	st := openStore(t)
	now := time.Unix(1_800_000_000, 0)
	a, b := newNode(t, st, &now), newNode(t, st, &now)
	secrets := a.turned()
	if err := b.write(context.Background(), fresh(now), 0); err != store.ErrConflict {
		t.Errorf("a second first value: %v", err)
	}
	if got := b.turned(); got != secrets {
		t.Errorf("got %v, want %v", got, secrets)
	}
}

func TestBrokenValueChangesNothing(t *testing.T) {
	st := openStore(t)
	now := time.Unix(1_800_000_000, 0)
	a := newNode(t, st, &now)
	want := a.turned()
	if _, err := st.Commit(context.Background(), nil, []clientv3.Op{clientv3.OpPut(Key, "secret")}); err != nil {
		t.Fatal(err)
	}
	if err := a.turn(context.Background()); err == nil {
		t.Error("no error")
	}
	if got, ok := a.slot.Enter().CookieSecrets(); !ok || got != want {
		t.Errorf("got %v, %v", got, ok)
	}
}

// TestFailuresAreCounted verifies that each turn which fails is counted, whether
// the key's value is broken, etcd is away or the snapshot damaged; that one which
// the end of the program cuts off is none; and that the log has an error once.
func TestFailuresAreCounted(t *testing.T) {
	st := openStore(t)
	now := time.Unix(1_800_000_000, 0)
	a := newNode(t, st, &now)
	log := new(strings.Builder)
	a.log = zerolog.New(log)
	registry := prometheus.NewRegistry()
	registry.MustRegister(a.Collectors()...)
	ctx, end := context.WithCancel(t.Context())
	turns := func(n, counted int) {
		t.Helper()
		for range n {
			a.report(ctx, a.turn(ctx))
		}
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		if got := families[0].Metric[0].Counter.GetValue(); got != float64(counted) {
			t.Errorf("%v failures are counted, want %d", got, counted)
		}
	}
	turns(1, 0)
	if _, err := st.Commit(ctx, nil, []clientv3.Op{clientv3.OpPut(Key, "secret")}); err != nil {
		t.Fatal(err)
	}
	turns(3, 3)
	if n := strings.Count(log.String(), "are not kept"); n != 1 {
		t.Errorf("%d lines: %s", n, log)
	}
	if _, err := st.Commit(ctx, nil, []clientv3.Op{clientv3.OpDelete(Key)}); err != nil {
		t.Fatal(err)
	}
	turns(1, 3)
	if err := os.Truncate(filepath.Join(a.writer.Dir(), "root"), 0); err != nil {
		t.Fatal(err)
	}
	turns(1, 4)
	end()
	turns(1, 4)
}

// readOnly is an etcd that takes no transaction, as one that is full.
type readOnly struct{ clientv3.KV }

func (r readOnly) Txn(context.Context) clientv3.Txn {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return r.KV.Txn(ctx)
}

// TestSecretsAreHandedOnThoughTheyCannotRollOver verifies that secrets which are
// due for the next stage, and cannot be written, reach a dataplane that has none:
// it was left without cookies.
func TestSecretsAreHandedOnThoughTheyCannotRollOver(t *testing.T) {
	st, now := openStore(t), time.Unix(1e9, 0)
	want := newNode(t, st, &now).turned()
	now = now.Add(1000 * time.Hour)
	st.Client().KV = readOnly{st.Client().KV}
	n := newNode(t, st, &now)
	if err := n.turn(t.Context()); err == nil {
		t.Error("no error: nothing was due")
	}
	if got, ok := n.slot.Enter().CookieSecrets(); !ok || got != want {
		t.Errorf("dataplane has %v, %v; want %v", got, ok, want)
	}
}
