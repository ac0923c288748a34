package snapshot

import (
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// TestApexWithoutSOAIsDamage verifies that a generation in which one octet of
// an apex changed, so that it holds no SOA, is not resumed, and that one in which
// it changes later ends growth with an error: a writer that grew panicked.
func TestApexWithoutSOAIsDamage(t *testing.T) {
	w, _ := heapWriter(t, 10)
	mustPut(t, w, "example.", soa(t, 60, 30))
	set := lookup(&w.cur.View, mustName(t, "example.")).Find(wire.TypeSOA, new(Room))
	binary.LittleEndian.PutUint16(set, wire.TypeSOA+1)

	e := &epochs{root: w.epochs.root, readers: w.epochs.readers, alive: func(int) bool { return false }}
	if _, err := recoverTable(w.cur.mem, e); !errors.Is(err, ErrDamaged) {
		t.Errorf("resumed with %v, want %v", err, ErrDamaged)
	}
	g := plan(2, 9, 200, 1<<16, 256, 32, 64)
	next := newTable(wordsToBytes(make([]uint64, g.size/8)), g, e)
	if err := next.ensureRoot(); err != nil {
		t.Fatal(err)
	}
	w.growAfter = time.Now().Add(time.Hour)
	w.growInto(next)
	for range 2 {
		if err := w.move(w.cur.buckets); !errors.Is(err, ErrDamaged) || w.moved() {
			t.Errorf("moved with %v, want %v", err, ErrDamaged)
		}
	}
}

// TestWildIsClearedWithItsWildcard verifies that the flag goes at the start where
// the last writer was killed between the wildcard and the flag, and stays where
// there is a wildcard.
func TestWildIsClearedWithItsWildcard(t *testing.T) {
	w, _ := heapWriter(t, 10)
	mustPut(t, w, "*.kept.example.", addrs(1, "192.0.2.1"))
	mustPut(t, w, "*.gone.example.", addrs(1, "192.0.2.1"))
	mustPut(t, w, "a.gone.example.", addrs(1, "192.0.2.1"))
	name := lowerOf(mustName(t, "*.gone.example."))
	_, slot, off := w.cur.find(name, name.Hash(w.cur.seed))
	w.cur.unlink(slot, off)

	e := &epochs{root: w.epochs.root, readers: w.epochs.readers, alive: func(int) bool { return false }}
	tb, err := recoverTable(w.cur.mem, e)
	if err != nil {
		t.Fatal(err)
	}
	checkTable(t, tb)
}
