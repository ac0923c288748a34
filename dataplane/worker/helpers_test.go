package worker

import (
	"bytes"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/rs/zerolog"
	"golang.org/x/sys/unix"

	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/netio"
	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/stats"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// patience is how long a test waits for what must happen.
const patience = 10 * time.Second

// publish makes a snapshot of zone example. with names www and mail in dir.
func publish(t *testing.T, dir string) *snapshot.Writer {
	t.Helper()
	w, err := snapshot.OpenWriter(snapshot.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	w.BeginSync(3)
	soa := append(name(t, "ns.example."), name(t, "host.example.")...)
	put(t, w, "example.", snapshot.RRset{Type: wire.TypeSOA, TTL: 60, Data: [][]byte{append(soa, make([]byte, 20)...)}})
	put(t, w, "www.example.", snapshot.RRset{Type: wire.TypeA, TTL: 30, Data: [][]byte{{192, 0, 2, 1}}})
	put(t, w, "mail.example.", snapshot.RRset{Type: wire.TypeA, TTL: 30, Data: [][]byte{{192, 0, 2, 2}}})
	if _, err := w.EndSync(); err != nil {
		t.Fatal(err)
	}
	return w
}

func put(t *testing.T, w *snapshot.Writer, owner string, set snapshot.RRset) {
	t.Helper()
	if _, err := w.Put(name(t, owner), []snapshot.RRset{set}); err != nil {
		t.Fatal(err)
	}
}

func name(t *testing.T, s string) []byte {
	t.Helper()
	n, err := wire.ParseName(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// query is a query for the addresses of a name.
func query(t *testing.T, owner string) netio.Message {
	t.Helper()
	m, err := new(dns.Msg).SetQuestion(owner, dns.TypeA).Pack()
	if err != nil {
		t.Fatal(err)
	}
	return netio.Message{Msg: m}
}

// open is a reader on dir that has the current generation, and one slot.
func open(t *testing.T, dir string) (*snapshot.Reader, *snapshot.Slot) {
	t.Helper()
	r := snapshot.OpenReader(dir)
	slot, err := r.NewSlot()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Refresh(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r, slot
}

// newWorker is a worker on a core that there is.
func newWorker(t *testing.T, q netio.Queue, slot *snapshot.Slot, log *bytes.Buffer) *Worker {
	t.Helper()
	return &Worker{
		Core: firstCore(t), Queue: q, Engine: engine.New(engine.Config{}), Slot: slot,
		Counters: new(stats.Core), Clock: new(atomic.Uint64), Log: zerolog.New(log),
	}
}

// start runs a worker until the returned function is called.
func start(t *testing.T, w *Worker) (stop func()) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- w.Run() }()
	return func() {
		t.Helper()
		w.Queue.Close()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		case <-time.After(patience):
			t.Fatal("Run goes on after Close")
		}
	}
}

// firstCore is a core that the test may use.
func firstCore(t *testing.T) int {
	t.Helper()
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		t.Fatal(err)
	}
	core := 0
	for !set.IsSet(core) {
		core++
	}
	return core
}

// shorten empties the snapshot's files of that pattern.
func shorten(t *testing.T, dir, pattern string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %v, %v", pattern, files, err)
	}
	for _, f := range files {
		if err := os.Truncate(f, 0); err != nil {
			t.Fatal(err)
		}
	}
}

// await waits until a reply has that rcode.
func await(t *testing.T, rcodes <-chan int, want int) {
	t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case got := <-rcodes:
			if got == want {
				return
			}
		case <-timeout:
			t.Fatalf("no reply with %s", dns.RcodeToString[want])
		}
	}
}
