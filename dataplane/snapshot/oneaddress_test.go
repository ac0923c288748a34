package snapshot

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// asked is a batch of queries as OneAddresses wants them.
type asked struct {
	tb     testing.TB
	v      *View
	names  []string
	msg    [][]byte
	length []uint8
	hash   []uint64
}

// ask puts the queries for names, with noise behind each.
func ask(tb testing.TB, v *View, names []string) *asked {
	tb.Helper()
	a := &asked{tb: tb, v: v, names: names, length: make([]uint8, len(names)), hash: make([]uint64, len(names))}
	for _, n := range names {
		m := append(make([]byte, wire.HeaderLen, 300), mustName(tb, n)...)
		m[5] = 1 // one question
		m = append(m, 0, wire.TypeA, 0, wire.ClassIN)
		for i := range m[len(m):cap(m)] {
			m[len(m):cap(m)][i] = byte(rand.Uint32())
		}
		a.msg = append(a.msg, m)
	}
	wire.Questions(a.msg, v.Seed(), a.length, make([]uint16, len(names)), a.hash)
	return a
}

// oneAddressView is a snapshot with names of all lengths that wire.Questions knows, and
// one of each kind for which a plain A record is no answer.
func oneAddressView(tb testing.TB) (v *View, plain, other []string) {
	tb.Helper()
	w := openWriter(tb, tb.TempDir())
	mustPut(tb, w, "example.", soa(tb, 30, 30), ns(tb, "ns.example."))
	mustPut(tb, w, "cuts.test.", soa(tb, 30, 30), ns(tb, "ns.example."))
	mustPut(tb, w, "cut.cuts.test.", ns(tb, "ns.example."))
	for l := 1; l <= 54; l++ {
		plain = append(plain, strings.Repeat("a", l)+".example.")
		mustPut(tb, w, plain[l-1], addrs(30, "192.0.2.1"))
	}
	plain = append(plain, "www.cuts.test.")
	mustPut(tb, w, "www.cuts.test.", addrs(30, "192.0.2.1"))
	other = []string{"two.example.", "six.example.", "www.cut.cuts.test.", "nobody.example.", "outside.invalid.", strings.Repeat("b", 60) + ".example."}
	mustPut(tb, w, other[0], addrs(30, "192.0.2.1", "192.0.2.2"))
	mustPut(tb, w, other[1], addrs(30, "2001:db8::1"))
	for _, n := range []string{other[2], other[4], other[5]} {
		mustPut(tb, w, n, addrs(30, "192.0.2.1"))
	}
	return &w.cur.View, plain, other
}

// way is one of the ways of OneAddresses.
type way func(hash, off []uint64, msg [][]byte, length, found []uint8)

// seen is what OneAddresses finds: an empty record where there is more to look at.
type seen struct {
	off    []uint64
	record []string
}

// look lets one of the ways look at all queries, verifies that it puts nothing
// behind them but their records, and takes these away again.
func (a *asked) look(w way) seen {
	a.tb.Helper()
	s := seen{make([]uint64, len(a.hash)), make([]string, len(a.hash))}
	found := make([]uint8, len(a.hash))
	before := make([][]byte, len(a.msg))
	for i, m := range a.msg {
		before[i] = bytes.Clone(m[:cap(m)])
	}
	w(a.hash, s.off, a.msg, a.length, found)
	for i, m := range a.msg {
		if found[i] != 0 {
			s.record[i] = string(m[len(m) : len(m)+RecordLen])
			copy(m[len(m):cap(m)], before[i][len(m):len(m)+RecordLen])
		}
		if !bytes.Equal(m[:cap(m)], before[i]) {
			a.tb.Fatalf("%s: % x became % x", a.names[i], before[i], m[:cap(m)])
		}
	}
	return s
}

// TestOneAddresses verifies which names it takes, that the record is theirs,
// and that both ways agree, in batches of every size.
func TestOneAddresses(t *testing.T) {
	v, plain, other := oneAddressView(t)
	all := slices.Concat(plain, other, plain) // more than the engine's batches
	for n := range len(all) + 1 {
		a := ask(t, v, all[len(all)-n:])
		got, want := a.look(v.OneAddresses), a.look(v.oneAddressesGo)
		for i, name := range a.names {
			record := got.record[i]
			if (record != "") != slices.Contains(plain, name) || record != want.record[i] || got.off[i] != want.off[i] {
				t.Errorf("%s of %d: node at %d, record % x; in Go at %d, % x", name, n, got.off[i], record, want.off[i], want.record[i])
			} else if record != "" && record != "\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x1e\x00\x04\xc0\x00\x02\x01" {
				t.Errorf("%s: record % x", name, record)
			}
		}
	}
}

// TestOneAddressesRoom verifies that the record for the longest name fits into
// the least memory of a message that wire.Questions reads.
func TestOneAddressesRoom(t *testing.T) {
	v, plain, _ := oneAddressView(t)
	a := ask(t, v, plain[53:54])
	const least = 96
	memory := bytes.Repeat([]byte{0xaa}, least+32)
	a.msg[0] = append(memory[:0:least], a.msg[0]...)
	wire.Questions(a.msg, v.Seed(), a.length, make([]uint16, 1), a.hash)
	if got := a.look(v.OneAddresses); got.record[0] == "" || a.length[0] != 64 {
		t.Errorf("name of %d octets: record % x", a.length[0], got.record[0])
	}
	if bytes.Count(memory[least:], []byte{0xaa}) != 32 {
		t.Errorf("written behind the message: % x", memory[least:])
	}
}

// slotOf is the offset of the slot that points to the node at an offset.
func slotOf(tb testing.TB, v *View, hash, node uint64) uint64 {
	tb.Helper()
	for i := range uint64(bucketSlots) {
		if at := v.home(hash) + 8*i; slotOff(v.mem.load64(at)) == node {
			return at
		}
	}
	tb.Fatal("no slot in the home bucket")
	return 0
}

// TestOneAddressesDistrusts verifies that candidates anywhere in or behind a
// mapping of any content are taken or not as in Go, and read nothing outside.
func TestOneAddressesDistrusts(t *testing.T) {
	whole, plain, _ := oneAddressView(t)
	v := guarded(t, whole)
	a := ask(t, v, plain)
	nodes := a.look(v.OneAddresses).off
	for range 20_000 {
		i := rand.IntN(len(nodes))
		slot := slotOf(t, v, a.hash[i], nodes[i])
		pointed := v.mem.load64(slot)
		if rand.IntN(4) == 0 {
			v.mem.store64(slot, pointed&^slotOffMask|uint64(rand.IntN(len(v.mem)+8192))>>3)
		}
		node := v.mem[nodes[i]:]
		at := rand.IntN(88)
		before := node[at]
		node[at] = byte(rand.Uint32())
		got, want := a.look(v.OneAddresses), a.look(v.oneAddressesGo)
		for i, record := range got.record {
			if record != want.record[i] && want.record[i] != "" || got.off[i] != want.off[i] {
				t.Fatalf("%s: node at %d, record % x; in Go at %d, % x", a.names[i], got.off[i], record, want.off[i], want.record[i])
			}
		}
		node[at] = before
		v.mem.store64(slot, pointed)
	}
}

// BenchmarkOneAddresses compares both ways.
func BenchmarkOneAddresses(b *testing.B) {
	v, plain, _ := oneAddressView(b)
	a := ask(b, v, plain)
	off, found := make([]uint64, len(a.hash)), make([]uint8, len(a.hash))
	for name, f := range map[string]way{"OneAddresses": v.OneAddresses, "Go": v.oneAddressesGo} {
		b.Run(name, func(b *testing.B) {
			for n := 0; n < b.N; n += len(off) {
				f(a.hash, off, a.msg, a.length, found)
			}
		})
	}
}
