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
	v      *View
	names  []string
	msg    [][]byte
	length []uint8
	off    []uint64
}

// ask puts the queries for names, with noise behind each.
func ask(tb testing.TB, v *View, names []string) *asked {
	tb.Helper()
	a := &asked{v: v, names: names, length: make([]uint8, len(names)), off: make([]uint64, len(names))}
	hash := make([]uint64, len(names))
	for _, n := range names {
		m := append(make([]byte, wire.HeaderLen, 300), mustName(tb, n)...)
		m[5] = 1 // one question
		m = append(m, 0, wire.TypeA, 0, wire.ClassIN)
		for i := range m[len(m):cap(m)] {
			m[len(m):cap(m)][i] = byte(rand.Uint32())
		}
		a.msg = append(a.msg, m)
	}
	wire.Questions(a.msg, v.Seed(), a.length, make([]uint16, len(names)), hash)
	v.Homes(hash, a.off)
	v.Candidates(hash, a.off)
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

// TestOneAddresses verifies which names it takes, that the record is theirs,
// and that both ways agree.
func TestOneAddresses(t *testing.T) {
	v, plain, other := oneAddressView(t)
	a := ask(t, v, append(slices.Clone(plain), other...))
	record, want := make([]uint64, len(a.off)), make([]uint64, len(a.off))
	v.OneAddresses(a.off, a.msg, a.length, record)
	v.oneAddressesGo(a.off, a.msg, a.length, want)
	for i, name := range a.names {
		if (record[i] != 0) != (i < len(plain)) || record[i] != want[i] {
			t.Errorf("%s: record at %d, in Go %d", name, record[i], want[i])
		}
		if record[i] != 0 && !bytes.Equal(v.Record(record[i])[12:], []byte{192, 0, 2, 1}) {
			t.Errorf("%s: record % x", name, *v.Record(record[i]))
		}
	}
}

// TestOneAddressesDistrusts verifies that candidates anywhere in or behind a
// mapping of any content are taken or not as in Go, and read nothing outside.
func TestOneAddressesDistrusts(t *testing.T) {
	v, plain, _ := oneAddressView(t)
	a := ask(t, v, plain)
	record, want := make([]uint64, len(a.off)), make([]uint64, len(a.off))
	nodes := slices.Clone(a.off)
	for range 20_000 {
		node := v.mem[nodes[rand.IntN(len(nodes))]:]
		at := rand.IntN(104)
		before := node[at]
		node[at] = byte(rand.Uint32())
		if rand.IntN(4) == 0 {
			a.off[rand.IntN(len(a.off))] = uint64(rand.IntN(len(v.mem)+8192)) &^ 7
		}
		v.OneAddresses(a.off, a.msg, a.length, record)
		v.oneAddressesGo(a.off, a.msg, a.length, want)
		for i := range record {
			if record[i] != want[i] && want[i] != 0 {
				t.Fatalf("%s at %d: record at %d, in Go %d", a.names[i], a.off[i], record[i], want[i])
			}
			if record[i] > uint64(len(v.mem)-recordLen) {
				t.Fatalf("record at %d of %d", record[i], len(v.mem))
			}
		}
		node[at] = before
	}
}

// BenchmarkOneAddresses compares both ways.
func BenchmarkOneAddresses(b *testing.B) {
	v, plain, _ := oneAddressView(b)
	a := ask(b, v, plain)
	record := make([]uint64, len(a.off))
	for name, f := range map[string]func([]uint64, [][]byte, []uint8, []uint64){"OneAddresses": v.OneAddresses, "Go": v.oneAddressesGo} {
		b.Run(name, func(b *testing.B) {
			for n := 0; n < b.N; n += len(a.off) {
				f(a.off, a.msg, a.length, record)
			}
		})
	}
}
