package differential

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/control/zonefile"
	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/tools/offline"
)

// More rounds than make test has time for, or those of a failure:
// go test ./tools/differential -args -seed 100 -rounds 50
var (
	rounds = flag.Int("rounds", 4, "how many `N` rounds, each with other zones")
	seed   = flag.Uint64("seed", 0, "of the first round; those of the next ones follow")
)

const (
	queries = 50_000 // of a round
	chunk   = 100    // queries under way at once
	shown   = 10     // differences of a round
)

// round is three servers of the same zones.
type round struct {
	*testing.T
	rand  *rand.Rand
	names []string
	peers []*peer
	ours  []*offline.Server // as each peer is best compared with
	used  map[string]int
	wrong int
}

func TestDifferential(t *testing.T) {
	used := map[string]int{}
	for n := range *rounds {
		seed := *seed + uint64(n)
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) { newRound(t, seed, used).run(queries) })
	}
	t.Logf("differences explained, by rule: %v", used)
	for _, r := range rules {
		if used[r.name] == 0 && !r.rare && *rounds >= 4 {
			t.Errorf("rule %q explains nothing: drop it, or mark it as rare", r.name)
		}
	}
}

// newRound generates zones and starts the servers; of every other round control's
// publisher makes our snapshot. NSD says in its replies
// what our engine says with all that is optional, Knot what it says without.
func newRound(t *testing.T, seed uint64, used map[string]int) *round {
	t.Helper()
	r := &round{T: t, rand: rand.New(rand.NewPCG(seed, 1)), used: used}
	texts := map[string]string{}
	var zones []*zonefile.Zone
	for _, apex := range zoneNames {
		text, names := generate(r.rand, apex)
		z, err := zonefile.Read(strings.NewReader(text), "", len(text))
		if err != nil {
			t.Fatalf("%s: %v\n%s", apex, err, text)
		}
		texts[apex], zones, r.names = text, append(zones, z), append(r.names, names...)
	}
	dir := ""
	if seed%2 == 1 {
		dir = published(t, zones)
	}
	r.serve(texts, zones, dir)
	return r
}

// serve starts the servers of zones: ours from the snapshot in dir, or from one
// that is made here if that is "".
func (r *round) serve(texts map[string]string, zones []*zonefile.Zone, dir string) {
	r.Helper()
	r.peers = []*peer{startNSD(r.T, texts), startKnot(r.T, texts)}
	for _, full := range []bool{true, false} {
		c := engine.Config{Full: full}
		s, err := offline.New(c)
		if dir != "" {
			s, err = offline.Open(dir, c)
		}
		if err != nil {
			r.Fatal(err)
		}
		r.Cleanup(func() { s.Close() })
		if dir == "" {
			if err := s.Load(zones...); err != nil {
				r.Fatal(err)
			}
		}
		r.ours = append(r.ours, s)
	}
}

// rootZone has at the root what is nowhere else: names of one label below it,
// a cut, a wildcard, and servers with the root's own name.
const rootZone = `
. 300 IN SOA ns1. host. 1 7200 1800 86400 60
. 300 IN NS ns1.
. 300 IN NS .
. 300 IN A 192.0.2.1
. 300 IN MX 10 .
ns1. 300 IN A 192.0.2.2
www. 300 IN CNAME ns1.
a.b. 300 IN TXT "below an empty name"
cut. 300 IN NS n1.cut.
n1.cut. 300 IN A 192.0.2.3
d. 300 IN DNAME .
e. 300 IN DNAME b.
*. 300 IN TXT "a wildcard"
`

// rootAlias has nothing but a DNAME beside SOA and NS: all names are another's.
const rootAlias = `
. 300 IN SOA ns.elsewhere.example. host.elsewhere.example. 1 7200 1800 86400 60
. 300 IN NS ns.elsewhere.example.
. 300 IN DNAME foo.
`

// TestRoot compares what is said of the root zone.
func TestRoot(t *testing.T) {
	names := []string{".", "ns1.", "www.", "b.", "a.b.", "cut.", "n1.cut.", "d.", "e.", "a.e.", "www.d.", "d.d.", "*.", "none.", "foo."}
	for name, text := range map[string]string{"names": rootZone, "alias": rootAlias} {
		t.Run(name, func(t *testing.T) {
			z, err := zonefile.Read(strings.NewReader(text), "", 100)
			if err != nil {
				t.Fatal(err)
			}
			r := &round{T: t, rand: rand.New(rand.NewPCG(1, 1)), used: map[string]int{}, names: names}
			r.serve(map[string]string{".": text}, []*zonefile.Zone{z}, "")
			r.run(5_000)
		})
	}
}

// run asks so many queries.
func (r *round) run(queries int) {
	r.Helper()
	for n := 0; n < queries; n += chunk {
		msgs, packed := make([]*dns.Msg, chunk), make([][]byte, chunk)
		for i := range msgs {
			msgs[i] = ask(r.rand, r.names, uint16(n+i))
			var err error
			if packed[i], err = msgs[i].Pack(); err != nil {
				r.Fatalf("%v: %v", msgs[i], err)
			}
		}
		for k, p := range r.peers {
			replies, err := p.exchange(packed)
			if err != nil {
				r.Fatalf("%s: %v", p.name, err)
			}
			for i := range replies {
				r.compare(k, msgs[i], packed[i], replies[i])
			}
		}
	}
}

// compare compares a peer's reply with ours, and over TCP where one of them is
// truncated.
func (r *round) compare(k int, m *dns.Msg, query, theirs []byte) {
	p := r.peers[k]
	x := &exchange{query: m, server: p.name, ours: read(r.ours[k].Ask(query, false)), theirs: read(theirs)}
	r.judge(p, x)
	if x.ours.tc || x.theirs.tc {
		whole, err := p.stream(query)
		if err != nil {
			r.Fatalf("%s over TCP: %v", p.name, err)
		}
		x.ours, x.theirs = read(r.ours[k].Ask(query, true)), read(whole)
		r.judge(p, x)
	}
}

// judge reports what no rule explains.
func (r *round) judge(p *peer, x *exchange) {
	parts := x.unexplained(r.used)
	if len(parts) == 0 || r.wrong == shown {
		return
	}
	report := r.Errorf
	if !p.known {
		report = r.Logf
	}
	report("%s differs in %v:\n%v\nours:   %v\ntheirs: %v", x.server, parts, x.query, &x.ours, &x.theirs)
	if r.wrong++; r.wrong == shown {
		report("this and more: the round shows %d differences", shown)
	}
}
