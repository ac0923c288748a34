package publish

import (
	"slices"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// Labels below a zone's apex where SkyDNS looks for what an apex cannot hold:
// the addresses of the apex itself, and the zone's name servers.
const (
	apexLabels = "\x04apex\x03dns"
	nsLabels   = "\x02ns\x03dns"
)

// countsFor are the names (wire form) in zone for which a record of another
// program at self counts: self and the names above it, but not the apex; in
// the trees of addresses down to that of a whole address.
func countsFor(self, zone []byte) [][]byte {
	names := [][]byte{self}
	least := record.Reverse(self)
	for name := wire.Parent(self); len(name) > len(zone) && wire.Labels(name) >= least; name = wire.Parent(name) {
		names = append(names, name)
	}
	for _, labels := range []string{apexLabels, nsLabels} {
		if special, ok := join(labels, zone); ok && wire.IsSubdomain(self, special) {
			names = append(names, zone)
		}
	}
	return names
}

// services is what records of other programs say of a name, in the order of
// their keys.
func (p *Publisher) services(name []byte) []service {
	zone := p.Domains.Zone(name)
	path := pathOf(name)
	switch {
	case len(name) == len(zone):
		return group(append(p.others.at(path), p.special(apexLabels, zone)...))
	case wire.Labels(name) < record.Reverse(name):
		return group(p.others.at(path))
	}
	list := p.others.below(path, p.zonePaths)
	id := keyID(path)
	if len(list) < maxBelow {
		p.report.well(id)
	} else {
		p.report.refuse(id, "size", wire.NameString(name), errTooMany)
	}
	return group(list)
}

// special is what lies at and below some labels before a zone's apex: of the
// addresses alone, since an apex with a CNAME would be no zone.
func (p *Publisher) special(labels string, zone []byte) []service {
	name, ok := join(labels, zone)
	if !ok {
		return nil
	}
	list := p.others.below(pathOf(name), nil)
	return slices.DeleteFunc(list, func(s service) bool {
		rr, _ := unpackRR(s.rrs)
		return rr.rrtype != wire.TypeA && rr.rrtype != wire.TypeAAAA
	})
}

// nameServers are the NS of a zone that SkyDNS takes from the addresses below
// ns.dns of the zone: their names.
func (p *Publisher) nameServers(zone []byte) (set snapshot.RRset, ok bool) {
	set = snapshot.RRset{Type: wire.TypeNS, TTL: record.DefaultTTL}
	for _, s := range p.special(nsLabels, zone) {
		if name, err := nameOf(s.path); err == nil {
			rr, _ := unpackRR(s.rrs)
			set.TTL = min(set.TTL, rr.ttl)
			set.Data = append(set.Data, name)
		}
	}
	tidy(&set)
	return set, len(set.Data) > 0
}

// group leaves of services, in the order of their keys, those that SkyDNS puts
// together: the group of the key with the fewest labels counts, and services
// without a group. Where such keys disagree all count; a shorter key without a
// group ends the search for them.
func group(list []service) []service {
	if len(list) == 0 {
		return list
	}
	chosen, depth, searched := list[0].group, list[0].depth, len(list)
	for i, s := range list {
		if s.depth >= depth {
			continue
		}
		if s.group == "" {
			searched = i + 1
			break
		}
		chosen, depth = s.group, s.depth
	}
	if chosen == "" {
		return list
	}
	var kept []service
	for i, s := range list {
		switch {
		case s.group == "" || s.group == chosen:
			kept = append(kept, s)
		case i < searched && s.depth == depth:
			return list
		}
	}
	return kept
}
