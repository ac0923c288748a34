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
)

// kind is a kind of query.
type kind struct {
	name    string
	queries [][]byte
	want    engine.Verdict
	stream  bool // asked over TCP, where a reply may be long
}

// others is what the kinds ask for besides the names of the zone.
func others() []zone.Entry {
	entries := []zone.Entry{{Name: "*.wild." + zone.Origin, Set: zone.A([4]byte{192, 0, 2, 1})}}
	addrs := make([][4]byte, large)
	for i := range addrs {
		addrs[i] = [4]byte{198, 51, 100, byte(i)}
	}
	entries = append(entries, zone.Entry{Name: "large." + zone.Origin, Set: zone.A(addrs...)})
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
	all := []kind{{plain, ask(zone.Name, wire.TypeA), engine.Answered, false}}
	if n != kindNames {
		return all
	}
	missing := func(i int) string { return "no" + zone.Name(i) }
	wild := func(i int) string { return fmt.Sprintf("host-%08d.wild.%s", i, zone.Origin) }
	alias := func(i int) string { return chainName(i%chains, 0) }
	many := func(int) string { return "large." + zone.Origin }
	return append(all,
		kind{"nodata", ask(zone.Name, wire.TypeAAAA), engine.NoData, false},
		kind{"nxdomain", ask(missing, wire.TypeA), engine.NXDomain, false},
		kind{"wildcard", ask(wild, wire.TypeA), engine.Answered, false},
		kind{"cname chain", ask(alias, wire.TypeA), engine.Answered, false},
		kind{"100 addresses", ask(many, wire.TypeA), engine.Answered, true})
}
