package engine

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// manyNames is a size of table over which a walk takes several Ticks.
const manyNames = 16_000

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
