package engine

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// manyNames is a size of table over which a walk takes several Ticks.
const manyNames = 16_000

// randomName is a name at or below z. of up to four labels more.
func randomName(rng *rand.Rand) string {
	name := "z."
	for range rng.IntN(5) {
		name = string("abc*"[rng.IntN(4)]) + "." + name
	}
	return name
}

// TestCutsComeAndGo verifies after each of many changes, while names are told
// what covers them, that answers are those of a snapshot made of the same records.
func TestCutsComeAndGo(t *testing.T) {
	l, fresh := newLabFor(t, Config{Full: true}, manyNames), newLab(t, Config{Full: true})
	rng := rand.New(rand.NewPCG(1, 2))
	model := map[string][]string{"z.": {"SOA ns.z. host.z. 1 2 3 4 5", "NS ns.a.z."}}
	l.put("z.", model["z."]...)
	if _, err := l.writer.EndSync(); err != nil {
		t.Fatal(err)
	}
	l.settle()
	for step := 0; step < 400 && !t.Failed(); step++ {
		if name := randomName(rng); name != "z." {
			model[name] = nil
			for _, rr := range []string{"A 192.0.2.1", "A 192.0.2.2", "TXT x", "NS ns.a.z.", "DNAME a.z.", "MX 1 b.a.z."} {
				if rng.IntN(4) == 0 {
					model[name] = append(model[name], rr)
				}
			}
			l.put(name, model[name]...)
		}
		if rng.IntN(6) == 0 {
			l.writer.Tick()
		}
		var zone strings.Builder
		for _, name := range slices.Sorted(maps.Keys(model)) {
			for _, rr := range model[name] {
				fmt.Fprintln(&zone, name, "60 IN", rr)
			}
		}
		fresh.load(zone.String())
		l.reader.Refresh()
		for range 30 {
			l.checkSame(fresh, randomName(rng), []uint16{dns.TypeA, dns.TypeTXT, dns.TypeMX, dns.TypeDS, dns.TypeNS}[rng.IntN(5)])
		}
	}
}

// checkSame verifies that two labs give the same answer.
func (l *lab) checkSame(other *lab, name string, qtype uint16) {
	l.t.Helper()
	got, want := l.query(name, qtype), other.query(name, qtype)
	same := got.Rcode == want.Rcode && got.Authoritative == want.Authoritative
	for _, s := range [][2][]dns.RR{{got.Answer, want.Answer}, {got.Ns, want.Ns}, {got.Extra, want.Extra}} {
		same = same && sameLines(lines(s[0]), lines(s[1]))
	}
	if !same {
		l.t.Errorf("%s %d: got %v\nwant %v", name, qtype, got, want)
	}
}

// TestCutsUnderReaders verifies that a core which asks all along gets a referral
// while there is a cut, and an address while there is none, at every moment.
func TestCutsUnderReaders(t *testing.T) {
	l := newLabFor(t, Config{Full: true}, manyNames)
	l.put("z.", "SOA ns.z. host.z. 1 2 3 4 5")
	l.put("n.c.b.z.", "A 192.0.2.1")
	if _, err := l.writer.EndSync(); err != nil {
		t.Fatal(err)
	}
	l.settle()
	var changes atomic.Int64 // twice the changes that are done, and one while one is under way
	var stop atomic.Bool
	var cores sync.WaitGroup
	asked := 0
	cores.Go(func() {
		query := packed(t, func(m *dns.Msg) { m.Question[0] = dns.Question{Name: "n.c.b.z.", Qtype: dns.TypeA, Qclass: 1} })
		for !stop.Load() {
			before := changes.Load()
			reply := l.ask(query, 512)
			if changes.Load() != before || before&1 != 0 {
				continue
			}
			asked++
			if referral := reply[7] == 0; referral != (before/2%2 == 1) {
				t.Errorf("after %d changes: referral is %v", before/2, referral)
				return
			}
		}
	})
	for i := range 3000 {
		changes.Add(1)
		if i%2 == 0 {
			l.put([]string{"c.b.z.", "b.z."}[i/2%2], "NS ns.elsewhere.")
		} else {
			l.put([]string{"c.b.z.", "b.z."}[i/2%2])
		}
		changes.Add(1)
		for range i % 7 {
			l.writer.Tick()
		}
	}
	stop.Store(true)
	cores.Wait()
	if asked < 100 {
		t.Logf("only %d answers fell between changes", asked)
	}
}

// TestCoverThatWent verifies that a cut that goes between the name and the look
// at it is none, and that one below it is found.
func TestCoverThatWent(t *testing.T) {
	l := newLab(t, Config{})
	l.load("z. 60 IN SOA ns.z. host.z. 1 2 3 4 5\nn.d.c.b.z. 60 IN A 192.0.2.1\nd.c.b.z. 60 IN NS ns.elsewhere.\n" +
		"n.c.a.z. 60 IN A 192.0.2.1\n")
	v := l.slot.Enter()
	for name, want := range map[string]int{"n.d.c.b.z.": 4, "n.c.a.z.": 0} {
		p := &l.engine.path
		wired, err := wire.ParseName(name)
		if err != nil {
			t.Fatal(err)
		}
		p.set(wired)
		node := p.node(v, p.labels)
		f := found{zone: v.Zone(node.Zone())}
		const went = 3 // the cover would be b.z. or a.z.
		if is := p.covered(v, &f, node, p.labels, went, dns.TypeA); is != (want != 0) || f.depth != want {
			t.Errorf("%s: covered %v, at %d labels; want %d", name, is, f.depth, want)
		}
	}
}
