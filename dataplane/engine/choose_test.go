package engine

import (
	"fmt"
	"math"
	"net/netip"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

const fourAddresses = `
example. 3600 IN SOA ns.example. host.example. 1 7200 1800 86400 60
four.example. 30 IN A 192.0.2.1
four.example. 30 IN A 192.0.2.2
four.example. 30 IN A 192.0.2.3
four.example. 30 IN A 192.0.2.4
six.example. 30 IN AAAA 2001:db8::1
six.example. 30 IN AAAA 2001:db8::2
`

// client is the i-th of many client addresses.
func client(i int) Client {
	return Client{Lo: 0xffff<<32 | uint64(10<<24+i)}
}

// from asks for four.example. as a client and returns the addresses.
func (l *lab) from(c Client, name string, qtype uint16) []string {
	l.batch.Client[0] = c
	var out []string
	for _, rr := range l.query(name, qtype).Answer {
		f := strings.Fields(rr.String())
		out = append(out, f[len(f)-1])
	}
	return out
}

func (l *lab) mark(addr string, up bool) {
	l.t.Helper()
	if err := l.writer.SetHealth(netip.MustParseAddr(addr), up); err != nil {
		l.t.Fatal(err)
	}
}

// withinChance verifies that counts are what a fair choice among as many
// would give: each within five standard deviations.
func withinChance(t *testing.T, counts map[string]int, total, kinds int) {
	t.Helper()
	mean := float64(total) / float64(kinds)
	sigma := math.Sqrt(mean * (1 - 1/float64(kinds)))
	if len(counts) != kinds {
		t.Errorf("%d addresses given, want %d", len(counts), kinds)
	}
	for a, n := range counts {
		if math.Abs(float64(n)-mean) > 5*sigma {
			t.Errorf("%s given %d times of %d; expected %.0f ± %.0f", a, n, total, mean, sigma)
		}
	}
}

func TestAllRotated(t *testing.T) {
	l := newLab(t, Config{})
	l.load(fourAddresses)
	first := map[string]int{}
	for range 400 {
		got := l.from(Client{}, "four.example.", dns.TypeA)
		if len(got) != 4 {
			t.Fatalf("got %v", got)
		}
		first[got[0]]++
	}
	for a, n := range first {
		if n != 100 {
			t.Errorf("%s comes first %d times of 400", a, n)
		}
	}
}

func TestRandomOne(t *testing.T) {
	l := newLab(t, Config{Mode: RandomOne, Seed: 3})
	l.load(fourAddresses)
	counts := map[string]int{}
	for range 10000 {
		got := l.from(Client{}, "four.example.", dns.TypeA)
		if len(got) != 1 {
			t.Fatalf("got %v", got)
		}
		counts[got[0]]++
	}
	withinChance(t, counts, 10000, 4)
}

// TestHoneOne verifies that 10,000 clients keep their address, that only
// those of an address that goes DOWN move, evenly, and that they return.
func TestHoneOne(t *testing.T) {
	l := newLab(t, Config{Mode: HoneOne})
	l.load(fourAddresses)
	const clients = 10000
	before := make([]string, clients)
	counts := map[string]int{}
	for i := range before {
		got := l.from(client(i), "four.example.", dns.TypeA)
		if len(got) != 1 {
			t.Fatalf("got %v", got)
		}
		before[i] = got[0]
		counts[got[0]]++
	}
	withinChance(t, counts, clients, 4)

	l.mark("192.0.2.3", false)
	moved := map[string]int{}
	for i := range before {
		now := l.from(client(i), "four.example.", dns.TypeA)[0]
		if before[i] != "192.0.2.3" && now != before[i] {
			t.Fatalf("client %d moved from %s to %s though its address is UP", i, before[i], now)
		}
		if before[i] == "192.0.2.3" {
			moved[now]++
		}
	}
	withinChance(t, moved, counts["192.0.2.3"], 3)

	l.mark("192.0.2.3", true)
	other := newLab(t, Config{Mode: HoneOne, Seed: 77}) // another core, another node
	other.load(fourAddresses)
	for i := range before {
		for _, lab := range []*lab{l, other} {
			if now := lab.from(client(i), "four.example.", dns.TypeA)[0]; now != before[i] {
				t.Fatalf("client %d has %s, had %s", i, now, before[i])
			}
		}
	}
}

// TestHoneValuesNeverChange pins the choice: a change of the hash would move
// the clients of a running cluster.
func TestHoneValuesNeverChange(t *testing.T) {
	l := newLab(t, Config{Mode: HoneOne})
	l.load(fourAddresses)
	var got []string
	for i := range 8 {
		a := l.from(client(i), "four.example.", dns.TypeA)[0]
		six := l.from(Client{Hi: 0x20010db8 << 32, Lo: uint64(i)}, "six.example.", dns.TypeAAAA)[0]
		got = append(got, a[len(a)-1:]+six[len(six)-1:])
	}
	if want := honePinned; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

const honePinned = "[22 11 32 22 41 11 41 11]"

func TestDown(t *testing.T) {
	for _, mode := range []Mode{AllRotated, RandomOne, HoneOne} {
		t.Run(fmt.Sprint("mode ", mode), func(t *testing.T) {
			l := newLab(t, Config{Mode: mode})
			l.load(fourAddresses)
			want := 4
			if mode != AllRotated {
				want = 1
			}
			for _, a := range []string{"192.0.2.1", "192.0.2.2", "192.0.2.3"} {
				l.mark(a, false)
			}
			for i := range 50 {
				if got := l.from(client(i), "four.example.", dns.TypeA); len(got) != 1 || got[0] != "192.0.2.4" {
					t.Fatalf("three of four DOWN: got %v", got)
				}
			}
			l.mark("192.0.2.4", false)
			if got := l.from(client(1), "four.example.", dns.TypeA); len(got) != want {
				t.Errorf("all DOWN: got %v, want %d: a stale answer beats none", got, want)
			}
		})
	}
}

// TestHealthBehindLongChain verifies that mode and health count at the end of
// a chain of names of many labels.
func TestHealthBehindLongChain(t *testing.T) {
	deep := func(i int) string { return strings.Repeat(fmt.Sprintf("l%d.", i), 22) + "example." }
	zone := fourAddresses
	for i := range 8 {
		zone += fmt.Sprintf("%s 30 IN CNAME %s\n", deep(i), deep(i+1))
	}
	zone += deep(8) + " 30 IN A 192.0.2.1\n" + deep(8) + " 30 IN A 192.0.2.2\n"
	l := newLab(t, Config{Mode: RandomOne})
	l.load(zone)
	l.mark("192.0.2.1", false)
	q := new(dns.Msg)
	q.SetQuestion(deep(0), dns.TypeA)
	q.SetEdns0(1232, false)
	m := l.exchange(q, 1232)
	if n := len(m.Answer); n != 9 || !strings.HasSuffix(m.Answer[n-1].String(), "192.0.2.2") {
		t.Errorf("got %v", m)
	}
}
