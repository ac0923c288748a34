package engine

import (
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/dataplane/snapshot"
)

// TestAnswerDoesNotAllocate runs batches of every kind of query through
// engines with little and with everything switched on.
func TestAnswerDoesNotAllocate(t *testing.T) {
	everything := Config{Full: true, Mode: HoneOne, Cookies: true, Identity: "node-1", Version: "skydns",
		SubnetFrom: []Network{networkOf("::/0")}, Limits: Limits{Queries: 1000, Replies: 500, Slip: 2}}
	for name, c := range map[string]Config{"plain": {}, "full": {Full: true}, "random": {Mode: RandomOne}, "everything": everything} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, c)
			l.load(big(60) + fourAddresses[strings.Index(fourAddresses, "four"):])
			l.writer.SetCookieSecrets(snapshot.CookieSecrets{Sign: [2]uint64{1, 2}})
			for queries := everyQuery(t); len(queries) > 0; {
				n := min(len(queries), BatchSize)
				l.checkAllocations(t, queries[:n])
				queries = queries[n:]
			}
		})
	}
}

// everyQuery is a query of every kind.
func everyQuery(t *testing.T) [][]byte {
	queries := [][]byte{{1, 2, 3}, packed(t, nil)[:20], packed(t, withEDNS(1232, nil))}
	ask := func(name string, qtype, class uint16, f func(*dns.OPT)) {
		queries = append(queries, packed(t, func(m *dns.Msg) {
			m.Question[0] = dns.Question{Name: name, Qtype: qtype, Qclass: class}
			if f != nil {
				withEDNS(1232, f)(m)
			}
		}))
	}
	for _, name := range []string{"www", "WWW", "two", "four", "chain1", "loop1", "x.wild", "y.sub", "none", "big", "a.dname", "txt"} {
		for _, qtype := range []uint16{dns.TypeA, dns.TypeAAAA, dns.TypeTXT, dns.TypeDS, dns.TypeANY} {
			ask(name+".example.", qtype, 1, nil)
		}
	}
	ask("version.bind.", dns.TypeTXT, dns.ClassCHAOS, nil)
	ask("two.example.", dns.TypeA, dns.ClassANY, nil)
	for code, data := range map[uint16]string{optionNSID: "", optionSubnet: "\x00\x01\x18\x00\xc6\x33\x64",
		optionCookie: "\x24\x64\xc4\xab\xcf\x10\xc9\x57", 65001: "x"} {
		ask("two.example.", dns.TypeA, 1, func(o *dns.OPT) {
			o.Option = append(o.Option, &dns.EDNS0_LOCAL{Code: code, Data: []byte(data)})
		})
	}
	return queries
}

// checkAllocations answers a batch again and again.
func (l *lab) checkAllocations(t *testing.T, queries [][]byte) {
	t.Helper()
	bufs := make([][]byte, len(queries))
	for i := range bufs {
		bufs[i] = make([]byte, 4096)
	}
	if n := testing.AllocsPerRun(100, func() {
		l.batch.N = len(queries)
		for i, q := range queries {
			l.batch.Msg[i] = bufs[i][:copy(bufs[i], q)]
		}
		l.engine.Answer(l.slot.Enter(), l.batch)
	}); n != 0 {
		t.Errorf("%v allocations a batch", n)
	}
}
