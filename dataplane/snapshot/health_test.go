package snapshot

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"testing"
)

// changingAddr is the i-th address of many.
func changingAddr(i int) string {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], 10<<24|uint32(i))
	return netip.AddrFrom4(b).String()
}

// TestAddressesThatChangeTakeNoRoom verifies that the file of a few names stays
// small whatever number of addresses they have had. The directory of the next
// generation had room for twice as many as there ever were.
func TestAddressesThatChangeTakeNoRoom(t *testing.T) {
	w := openWriter(t, t.TempDir())
	settle := func() {
		awaitMade(w)
		if _, err := w.Tick(); err != nil {
			t.Fatal(err)
		}
	}
	first, generation := w.Stats().Bytes, w.Stats().Generation
	for i := range 40_000 {
		mustPut(t, w, fmt.Sprintf("n%d.example.", i%10), addrs(1, changingAddr(2*i), changingAddr(2*i+1)))
		if err := w.SetHealth(netip.MustParseAddr(changingAddr(2*i)), i%4 == 0); err != nil {
			t.Fatal(err)
		}
		if err := w.SetHealth(netip.MustParseAddr(changingAddr(2*max(0, i-20))), true); err != nil {
			t.Fatal(err)
		}
		settle()
	}
	s := w.Stats()
	if s.Generation == generation {
		t.Fatal("no generation followed")
	}
	if s.Bytes > first+first/2 {
		t.Errorf("%d octets, were %d", s.Bytes, first)
	}
	if live := w.cur.addrsLive(); live > 60 {
		t.Errorf("%d addresses count as live", live)
	}
	checkAddresses(t, w.cur)
}

// checkAddresses verifies the counts of addresses.
func checkAddresses(t *testing.T, tb *table) {
	t.Helper()
	refs, down := 0, 0
	tb.each(func(n Node, _, _ uint64) bool {
		eachAddress(n.Sets(new(Room)), func(netip.Addr, *uint32) error { refs++; return nil })
		return true
	})
	tb.eachDown(func(netip.Addr) error { down++; return nil })
	if refs != tb.addrRefs || down != tb.addrsDown {
		t.Errorf("counted %d references and %d DOWN, there are %d and %d", tb.addrRefs, tb.addrsDown, refs, down)
	}
}

// TestUpMarkOfUnknownAddress verifies that it takes no place in the directory.
func TestUpMarkOfUnknownAddress(t *testing.T) {
	w := openWriter(t, t.TempDir())
	for i := range 10_000 {
		if err := w.SetHealth(netip.MustParseAddr(changingAddr(i)), true); err != nil {
			t.Fatal(err)
		}
	}
	if w.cur.addrsUsed != 0 || w.Stats().Generation != 1 {
		t.Errorf("%d places are taken in generation %d", w.cur.addrsUsed, w.Stats().Generation)
	}
}

// TestGrowthMovesEveryDownMark verifies that marks are all in the generation
// that follows, with those that changed while it grew.
func TestGrowthMovesEveryDownMark(t *testing.T) {
	w := openWriter(t, t.TempDir())
	const marked = 3000
	for i := range marked {
		if err := w.SetHealth(netip.MustParseAddr(changingAddr(i)), false); err != nil {
			t.Fatal(err)
		}
	}
	grown, down := 0, marked
	for i := 0; grown < 2 || w.next != nil; i++ {
		mustPut(t, w, fmt.Sprintf("n%d.example.", i), addrs(1, "192.0.2.1"))
		awaitMade(w)
		if i < marked/2 {
			w.SetHealth(netip.MustParseAddr(changingAddr(2*i)), true)
			down--
		}
		before := w.cur
		if _, err := w.Tick(); err != nil {
			t.Fatal(err)
		}
		if w.cur != before {
			grown++
		}
		if w.cur.addrsDown != down {
			t.Fatalf("%d are DOWN after %d names, want %d", w.cur.addrsDown, i, down)
		}
	}
	checkAddresses(t, w.cur)
}
