package engine

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

const batchRoom = 600

// inBatch asks all queries in one batch and verifies the replies.
func (l *lab) inBatch(queries [][]byte, want []string) {
	l.t.Helper()
	b := l.batch
	b.N = len(queries)
	for i, q := range queries {
		b.Msg[i] = append(make([]byte, 0, batchRoom), q...)
	}
	l.engine.Answer(l.slot.Enter(), b)
	for i, reply := range b.Msg[:b.N] {
		if string(reply) != want[i] {
			l.t.Fatalf("query %d of %d: % x\ngot  % x\nwant % x", i, b.N, queries[i], reply, want[i])
		}
	}
}

// TestBatchesAnswerAsSingles verifies that queries of every kind are answered
// in batches as they are alone, by engines that are reconfigured between these.
// HoneOne has answers depend on nothing but the client.
func TestBatchesAnswerAsSingles(t *testing.T) {
	configs := []Config{{Mode: HoneOne}, {Mode: HoneOne, Full: true},
		{Mode: HoneOne, Limits: Limits{Queries: 1 << 20, Replies: 1 << 20, IPv4: 24, IPv6: 56}}}
	l := newLab(t, configs[0])
	l.load(big(60) + fourAddresses[strings.Index(fourAddresses, "four"):])
	queries := everyQuery(t)
	for i := range BatchSize {
		queries = append(queries, packed(t, func(m *dns.Msg) { m.Id = uint16(i) }))
	}
	alone := make([][]string, len(configs))
	for c := range configs {
		l.engine.Reconfigure(configs[c])
		for _, q := range queries {
			alone[c] = append(alone[c], string(l.ask(q, batchRoom)))
		}
	}
	for range 3000 {
		c := rand.IntN(len(configs))
		l.engine.Reconfigure(configs[c])
		others := rand.IntN(4) * len(queries) / 3 // among none but plain ones, many, or nearly all
		var asked [][]byte
		var want []string
		for range 1 + rand.IntN(BatchSize) {
			i := len(queries) - 1 - rand.IntN(max(others, BatchSize))
			asked, want = append(asked, queries[i]), append(want, alone[c][i])
		}
		l.inBatch(asked, want)
	}
}

// TestOneOtherInABatch verifies that one query that is not plain is answered
// wherever it stands among plain ones.
func TestOneOtherInABatch(t *testing.T) {
	l := newLab(t, Config{Mode: HoneOne})
	l.load(exampleZone)
	plain := packed(t, nil)
	for name, other := range map[string][]byte{
		"EDNS":       packed(t, withEDNS(1232, nil)),
		"upper case": packed(t, func(m *dns.Msg) { m.Question[0].Name = "WWW.example." }),
		"no name":    packed(t, func(m *dns.Msg) { m.Question[0].Name = "none.example." }),
		"short":      {1, 2, 3},
	} {
		t.Run(name, func(t *testing.T) {
			for at := range BatchSize {
				queries, want := make([][]byte, BatchSize), make([]string, BatchSize)
				for i := range queries {
					queries[i] = plain
				}
				queries[at] = other
				for i, q := range queries {
					want[i] = string(l.ask(q, batchRoom))
				}
				l.inBatch(queries, want)
			}
		})
	}
}
