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
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) { newRound(t, seed, used).run() })
	}
	t.Logf("differences explained, by rule: %v", used)
	for _, r := range rules {
		if used[r.name] == 0 {
			t.Logf("rule %q explains nothing here", r.name)
		}
	}
}

// newRound generates zones and starts the servers. NSD says in its replies
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
	r.peers = []*peer{startNSD(t, texts), startKnot(t, texts)}
	for _, full := range []bool{true, false} {
		s, err := offline.New(engine.Config{Full: full})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		if err := s.Load(zones...); err != nil {
			t.Fatal(err)
		}
		r.ours = append(r.ours, s)
	}
	return r
}

// run asks all queries of the round.
func (r *round) run() {
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
