package main

import (
	"fmt"

	"github.com/ipdcode/skydns/bench/internal/zone"
	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/wire"
)

const (
	kindNames = 50_000 // the size of snapshot in which all kinds are measured
	chains    = 10_000 // alias chains, of three aliases each
	large     = 100    // addresses of the name that has many
	cuts      = 10_000 // delegations, of two servers each

	// delegating is a zone of its own: a zone with cuts is looked up with more
	// care.
	delegating = "delegating.local."
)

// kind is a kind of query.
type kind struct {
	name    string
	queries [][]byte
	want    engine.Verdict
	stream  bool // asked over TCP, where a reply may be long
	cookie  bool // each query has the cookie that the engine gave it
	config  engine.Config

	networks bool // each query comes from another network
}

// others is what the kinds ask for besides the names of the zone.
func others() []zone.Entry {
	entries := []zone.Entry{{Name: "*.wild." + zone.Origin, Set: zone.A([4]byte{192, 0, 2, 1})}}
	addrs := make([][4]byte, large)
	for i := range addrs {
		addrs[i] = [4]byte{198, 51, 100, byte(i)}
	}
	entries = append(entries, zone.Entry{Name: "large." + zone.Origin, Set: zone.A(addrs...)})
	entries = append(entries, zone.Entry{Name: delegating, Set: zone.SOA()})
	for i := range cuts {
		cut := cutName(i)
		entries = append(entries, zone.Entry{Name: cut, Set: zone.NS("ns1."+cut, "ns2."+cut)},
			zone.Entry{Name: "ns1." + cut, Set: zone.A([4]byte{192, 0, 2, 2})},
			zone.Entry{Name: "ns2." + cut, Set: zone.A([4]byte{192, 0, 2, 3})})
	}
	for i := range chains {
		entries = append(entries,
			zone.Entry{Name: chainName(i, 0), Set: zone.CNAME(chainName(i, 1))},
			zone.Entry{Name: chainName(i, 1), Set: zone.CNAME(chainName(i, 2))},
			zone.Entry{Name: chainName(i, 2), Set: zone.CNAME(zone.Name(i))})
	}
	return entries
}

func chainName(i, step int) string {
	return fmt.Sprintf("chain-%05d.step-%d.%s", i, step, zone.Origin)
}

func cutName(i int) string { return fmt.Sprintf("team-%05d.%s", i, delegating) }

// kinds are the kinds of query for a snapshot of n names, of which so many
// are asked.
func kinds(n, queries int) []kind {
	drawn := zone.Draw(n, queries)
	ask := func(name func(i int) string, qtype uint16) [][]byte {
		all := make([][]byte, max(len(drawn), 4096)) // a round is not too short to be timed
		for i := range all {
			all[i] = zone.Query(uint16(i), name(drawn[i%len(drawn)]), qtype)
		}
		return all
	}
	all := []kind{{name: plain, queries: ask(zone.Name, wire.TypeA), want: engine.Answered}}
	if n != kindNames {
		return all
	}
	missing := func(i int) string { return "no" + zone.Name(i) }
	wild := func(i int) string { return fmt.Sprintf("host-%08d.wild.%s", i, zone.Origin) }
	alias := func(i int) string { return chainName(i%chains, 0) }
	many := func(int) string { return "large." + zone.Origin }
	below := func(i int) string { return "www." + cutName(i%cuts) }
	withOPT := func(option uint16, data []byte) [][]byte {
		queries := ask(zone.Name, wire.TypeA)
		for i, q := range queries {
			queries[i] = zone.WithOPT(q, option, data)
		}
		return queries
	}
	limited := engine.Config{Limits: engine.Limits{Queries: 1_000_000, Replies: 1_000_000}}
	none := engine.Config{Limits: engine.Limits{Queries: 1}}
	return append(all,
		kind{name: "nodata", queries: ask(zone.Name, wire.TypeAAAA), want: engine.NoData},
		kind{name: "nxdomain", queries: ask(missing, wire.TypeA), want: engine.NXDomain},
		kind{name: "wildcard", queries: ask(wild, wire.TypeA), want: engine.Answered},
		kind{name: "cname chain", queries: ask(alias, wire.TypeA), want: engine.Answered},
		kind{name: "referral", queries: ask(below, wire.TypeA), want: engine.Referral},
		kind{name: "any", queries: ask(zone.Name, wire.TypeANY), want: engine.Answered},
		kind{name: "100 addresses", queries: ask(many, wire.TypeA), want: engine.Answered, stream: true},
		kind{name: "edns", queries: withOPT(0, nil), want: engine.Answered},
		kind{name: "cookie", queries: withOPT(cookieOption, clientCookie), want: engine.Answered, cookie: true, config: engine.Config{Cookies: true}},
		kind{name: "new cookie", queries: withOPT(cookieOption, clientCookie), want: engine.Answered, config: engine.Config{Cookies: true}},
		kind{name: "rate limit", queries: ask(zone.Name, wire.TypeA), want: engine.Answered, config: limited, networks: true},
		kind{name: "rate limit, dropped", queries: ask(zone.Name, wire.TypeA), want: engine.QueryLimit, config: none})
}

// cookieOption is the code of COOKIE, clientCookie the client's part of one
// (RFC 7873 section 4).
const cookieOption = 10

var clientCookie = []byte("\x24\x64\xc4\xab\xcf\x10\xc9\x57")
