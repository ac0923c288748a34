package snapshot

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// heapWriter is a writer and a reader over the heap instead of a mapping: the
// race detector sees each access of both sides.
func heapWriter(t *testing.T, names int) (*Writer, *Reader) {
	t.Helper()
	aligned := func(n uint64) memory {
		words := make([]uint64, n/8)
		return wordsToBytes(words)
	}
	root, readers := aligned(rootSize), aligned(readersSize)
	if err := adoptRoot(root, readers); err != nil {
		t.Fatal(err)
	}
	e := &epochs{root: root, readers: readers, alive: func(int) bool { return true }}
	g := plan(1, 7, uint64(names)*2+100, uint64(names)*4000+8<<20, 1<<16, 4096, 4096)
	tb := newTable(aligned(g.size), g, e)
	if err := tb.ensureRoot(); err != nil {
		t.Fatal(err)
	}
	w := &Writer{epochs: e, cur: tb, room: 1, published: true}
	r := &Reader{files: &directory{root: root, readers: readers}}
	v := tb.View
	r.view.Store(&v)
	return w, r
}

// heapSlot is a slot without a lock.
func heapSlot(r *Reader, i int) *Slot {
	r.files.raiseHigh(uint64(i + 1))
	s := &Slot{reader: r}
	s.place.Store(&place{epoch: r.files.root.word64(rootEpochOff), seen: r.files.readers.word64(slotSeenOff(i))})
	r.slots = append(r.slots, s)
	return s
}

// versioned is the records of a name in one version: all say which.
func versioned(version uint32) []RRset {
	a := RRset{Type: wire.TypeA, TTL: version}
	for i := range 1 + version%5 {
		a.Data = append(a.Data, binary.BigEndian.AppendUint32(nil, version<<8|i))
	}
	txt := RRset{Type: wire.TypeTXT, TTL: version, Data: [][]byte{make([]byte, 4+version%64)}}
	binary.BigEndian.PutUint32(txt.Data[0], version)
	return []RRset{a, txt}
}

// checkWhole verifies that a node holds one version, and all of it.
func checkWhole(n Node) error {
	a, txt := n.Find(wire.TypeA, new(Room)), n.Find(wire.TypeTXT, new(Room))
	if a == nil || txt == nil {
		return fmt.Errorf("RRsets missing in %x", []byte(n))
	}
	rr, _ := NextRecord(txt.Records())
	version := binary.BigEndian.Uint32(rr[12:])
	if a.Count() != 1+int(version%5) || len(rr) != 12+4+int(version%64) {
		return fmt.Errorf("version %d: %d addresses, %d octets of text", version, a.Count(), len(rr)-16)
	}
	rest := a.Records()
	for i := range a.Count() {
		rr, rest = NextRecord(rest)
		if got := binary.BigEndian.Uint32(rr[12:]); got != version<<8|uint32(i) {
			return fmt.Errorf("version %d: address %d is %x", version, i, got)
		}
	}
	return nil
}

// checkZone verifies that the zone of a node, if there is one, is one around it,
// and what covers it, if it is known, a name at or above it.
func checkZone(v *View, n Node) error {
	zone, cover := n.Zone(), n.Spot().Cover()
	if cover > wire.Labels(n.Name())+1 {
		return fmt.Errorf("%s has cover %d", wire.NameString(n.Name()), cover)
	}
	z := v.Zone(zone)
	if z != nil && !wire.IsSubdomain(n.Name(), z.Apex()) {
		return fmt.Errorf("%s is in zone %s", wire.NameString(n.Name()), wire.NameString(z.Apex()))
	}
	return nil
}

// TestReadersSeeWholeNames runs one writer with several readers: every name
// that is looked up is there, in one version and in no foreign zone, while
// names and zones change, come and go and their memory is used again.
func TestReadersSeeWholeNames(t *testing.T) {
	for _, readers := range []int{1, 2, 4} {
		for _, names := range []int{1, 10, 300} {
			t.Run(fmt.Sprintf("readers=%d,names=%d", readers, names), func(t *testing.T) {
				readWhileWriting(t, readers, names)
			})
		}
	}
}

func readWhileWriting(t *testing.T, readers, names int) {
	w, r := heapWriter(t, names)
	owner := make([][]byte, names)
	for i := range owner {
		owner[i] = mustName(t, fmt.Sprintf("n%d.example.", i))
		if _, err := w.Put(owner[i], versioned(1)); err != nil {
			t.Fatal(err)
		}
	}
	var stop atomic.Bool
	var wg sync.WaitGroup
	for i := range readers {
		slot := heapSlot(r, i)
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(i), 1))
			for !stop.Load() {
				v := slot.Enter()
				for range 16 {
					n := lookup(v, owner[rng.IntN(names)])
					if n == nil {
						t.Error("a name is missing")
						return
					}
					if err := errors.Join(checkWhole(n), checkZone(v, n)); err != nil {
						t.Error(err)
						return
					}
				}
				slot.Leave()
			}
		})
	}
	rng := rand.New(rand.NewPCG(9, 9))
	extra := mustName(t, "comes.and.goes.example.")
	apexes := [][]byte{mustName(t, "example."), mustName(t, "and.goes.example."), mustName(t, "a.other."), mustName(t, "b.other.")}
	for version := uint32(2); version < 4000 && !t.Failed(); version++ {
		if _, err := w.Put(owner[rng.IntN(names)], versioned(version)); err != nil {
			t.Error(err)
		}
		if version%3 == 0 {
			w.Put(extra, versioned(version))
			w.Put(extra, nil)
		}
		if version%5 == 0 {
			w.Put(apexes[rng.IntN(len(apexes))], []RRset{soa(t, version, 1)})
			w.Put(apexes[rng.IntN(len(apexes))], []RRset{ns(t, "ns.example.")})
			w.Put(apexes[rng.IntN(len(apexes))], nil)
			w.cur.rezone(64)
		}
		w.reclaim()
	}
	stop.Store(true)
	wg.Wait()
	if w.cur.number != 1 || w.next != nil {
		t.Fatal("the table grew: the race detector saw nothing of the rest")
	}
}
