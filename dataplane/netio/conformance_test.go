package netio_test

import (
	"bytes"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/netio"
)

// driver is what the conformance test needs to know of one.
type driver struct {
	name string

	// start opens a queue and lets the queries arrive at it, in order, as far as
	// its buffers go. replies returns the first n that come back, in order,
	// or fails the test when they do not. Both are called in the test's goroutine.
	start func(t *testing.T, queries [][]byte) (q netio.Queue, replies func(n int) [][]byte)
}

// drivers are all that this build has. Files with a build tag add theirs.
var drivers = []driver{
	{"mem", startMem},
	{"socket", startSocket},
	{"socket on all addresses", startSocketWildcard},
	{"socket on two addresses", startSocketTwo},
}

// patience is how long a test waits for what must happen.
const patience = 10 * time.Second

// handler answers query i of a batch in the memory of its message.
type handler func(msg []byte) []byte

// echo answers with the query itself, its first octet changed.
func echo(msg []byte) []byte {
	msg[0] ^= 0xff
	return msg
}

// serve runs the owner's loop until q is closed. The returned function closes
// q and waits for the end.
func serve(t *testing.T, q netio.Queue, h handler, seen func(b *engine.Batch)) (stop func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		b := new(engine.Batch)
		for q.Receive(b) {
			if b.N == 0 {
				continue
			}
			if seen != nil {
				seen(b)
			}
			for i := range b.N {
				b.Msg[i] = h(b.Msg[i])
			}
			q.Send(b)
		}
	}()
	return func() {
		t.Helper()
		if err := q.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		select {
		case <-done:
		case <-time.After(patience):
			t.Fatal("Receive did not return false after Close")
		}
	}
}

// queries makes n different messages of 12 to some 500 octets.
func queries(n int) [][]byte {
	qs := make([][]byte, n)
	for i := range qs {
		qs[i] = append(fmt.Appendf(nil, "query %06d", i), bytes.Repeat([]byte{byte(i)}, i*7%490)...)
	}
	return qs
}

func eachDriver(t *testing.T, test func(t *testing.T, d driver)) {
	for _, d := range drivers {
		t.Run(d.name, func(t *testing.T) { test(t, d) })
	}
}

// TestConformanceReplies verifies that every driver gives the same replies to
// the same queries, over several batches.
func TestConformanceReplies(t *testing.T) {
	eachDriver(t, func(t *testing.T, d driver) {
		qs := queries(3*engine.BatchSize + 5)
		q, replies := d.start(t, qs)
		defer serve(t, q, echo, nil)()
		for i, got := range replies(len(qs)) {
			if want := echo(bytes.Clone(qs[i])); !bytes.Equal(got, want) {
				t.Fatalf("reply %d is %q, want %q", i, got, want)
			}
		}
	})
}

// TestConformanceEmptyReply verifies that an empty reply sends nothing, and
// does not hold up those around it.
func TestConformanceEmptyReply(t *testing.T) {
	eachDriver(t, func(t *testing.T, d driver) {
		qs := queries(2 * engine.BatchSize)
		var want [][]byte
		for i, m := range qs {
			if i%3 == 1 {
				want = append(want, echo(bytes.Clone(m)))
			}
		}
		q, replies := d.start(t, qs)
		defer serve(t, q, func(msg []byte) []byte {
			for i, m := range qs {
				if bytes.Equal(m, msg) && i%3 == 1 {
					return echo(msg)
				}
			}
			return msg[:0]
		}, nil)()
		if got := replies(len(want)); !slices.EqualFunc(got, want, bytes.Equal) {
			t.Errorf("got other replies than those that are not empty: %q", got)
		}
	})
}

// TestConformanceBatch verifies the bound of a batch, and that a reply may
// take the whole capacity of its query's slice, which no neighbour shares.
func TestConformanceBatch(t *testing.T) {
	eachDriver(t, func(t *testing.T, d driver) {
		qs := queries(2*engine.BatchSize + 1)
		q, replies := d.start(t, qs)
		sizes := make(chan int, len(qs))
		stop := serve(t, q,
			func(msg []byte) []byte {
				sizes <- cap(msg)
				full := msg[:cap(msg)]
				for i := len(msg); i < len(full); i++ {
					full[i] = msg[6]
				}
				return full
			},
			func(b *engine.Batch) {
				if b.N > engine.BatchSize {
					t.Errorf("a batch of %d, more than %d", b.N, engine.BatchSize)
				}
			})
		got := replies(len(qs))
		stop()
		for i, reply := range got {
			if size := <-sizes; len(reply) != size || size < 512 {
				t.Fatalf("reply %d has %d octets, want the capacity of %d, at least 512", i, len(reply), size)
			}
			tail := bytes.Repeat(qs[i][6:7], len(reply)-len(qs[i]))
			if !bytes.Equal(reply, append(bytes.Clone(qs[i]), tail...)) {
				t.Fatalf("reply %d was overwritten by another: %q", i, reply)
			}
		}
	})
}

// TestConformanceClose verifies that Close ends an idle Receive.
func TestConformanceClose(t *testing.T) {
	eachDriver(t, func(t *testing.T, d driver) {
		q, _ := d.start(t, nil)
		serve(t, q, echo, nil)()
	})
}

// TestConformanceCloseDrains verifies that what had arrived before Close is
// answered after it.
func TestConformanceCloseDrains(t *testing.T) {
	eachDriver(t, func(t *testing.T, d driver) {
		qs := queries(2 * engine.BatchSize)
		q, replies := d.start(t, qs)
		if err := q.Close(); err != nil {
			t.Fatalf("Close: %v", err)
		}
		serve(t, q, echo, nil)()
		replies(len(qs))
	})
}

// TestConformanceCollection verifies that a Receive that waits does not hold
// up a garbage collection, which must stop its thread.
func TestConformanceCollection(t *testing.T) {
	eachDriver(t, func(t *testing.T, d driver) {
		q, _ := d.start(t, nil)
		defer serve(t, q, echo, nil)()
		done := make(chan struct{})
		go func() {
			defer close(done)
			for range 10 {
				runtime.GC()
			}
		}()
		select {
		case <-done:
		case <-time.After(patience):
			t.Fatal("a collection waits for Receive")
		}
	})
}

// TestConformanceAllocations verifies that a turn allocates nothing, be its
// replies long, short or empty.
func TestConformanceAllocations(t *testing.T) {
	const turns = 5
	eachDriver(t, func(t *testing.T, d driver) {
		q, _ := d.start(t, queries((turns+1)*engine.BatchSize))
		b := new(engine.Batch)
		allocs := testing.AllocsPerRun(turns, func() {
			q.Receive(b)
			for i := range b.N {
				b.Msg[i] = b.Msg[i][:i%3*6]
			}
			if b.N > 0 {
				q.Send(b)
			}
		})
		if allocs != 0 {
			t.Errorf("%v allocations a turn, want 0", allocs)
		}
		serve(t, q, echo, nil)()
	})
}
