package publish

import (
	"encoding/binary"
	"net/netip"
	"slices"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// SOA is what a made-up SOA says (RFC 1035 section 3.3.13). Nobody transfers
// these zones, so only Minimum, the TTL of negative answers, has an effect.
type SOA struct {
	Hostmaster                      string // in wire form; "": hostmaster. and the domain
	Refresh, Retry, Expire, Minimum uint32
	TTL                             uint32 // of all that is made up
}

// DefaultSOA is what counts where Config says nothing.
var DefaultSOA = SOA{Refresh: 7200, Retry: 1800, Expire: 86400, Minimum: 30, TTL: record.DefaultTTL}

const soaSerial = 1

// defaults are RRsets by name, in wire form, which hold where nothing of that
// type is stored.
type defaults map[string][]snapshot.RRset

// zoneDefaults are the SOA and NS of every domain's apex, and addrs for the
// name that they point to, ns.dns. and the domain.
func zoneDefaults(domains *record.Domains, addrs []netip.Addr, soa SOA) defaults {
	d := defaults{}
	for _, zone := range domains.List() {
		ns, ok := join("\x02ns\x03dns", zone)
		rname, ok2 := join("\x0ahostmaster", zone)
		if !ok || !ok2 {
			ns, rname = zone, zone // there is no room for labels before such a name
		}
		if soa.Hostmaster != "" {
			rname = []byte(soa.Hostmaster)
		}
		d.add(zone, wire.TypeSOA, soa.TTL, soa.data(ns, rname))
		d.add(zone, wire.TypeNS, soa.TTL, ns)
		for _, addr := range addrs {
			rrtype := uint16(wire.TypeA)
			if addr.Is6() {
				rrtype = wire.TypeAAAA
			}
			d.add(ns, rrtype, soa.TTL, addr.AsSlice())
		}
	}
	return d
}

// Defaults are the RRs that are made up for domains, soa and NS of each and
// addrs for the name that these point to, as far as nothing of that name and
// type is stored.
func Defaults(domains *record.Domains, addrs []netip.Addr, soa SOA) []record.RR {
	var rrs []record.RR
	for name, sets := range zoneDefaults(domains, addrs, soa) {
		for _, s := range sets {
			for _, data := range s.Data {
				rrs = append(rrs, record.RR{Name: []byte(name), Type: s.Type, TTL: s.TTL, Data: data})
			}
		}
	}
	return rrs
}

// isApex reports whether what is made up for a name makes it a zone.
func (d defaults) isApex(name string) bool {
	return slices.ContainsFunc(d[name], func(s snapshot.RRset) bool { return s.Type == wire.TypeSOA })
}

// add adds an RR.
func (d defaults) add(name []byte, rrtype uint16, ttl uint32, data []byte) {
	list := d[string(name)]
	for i := range list {
		if list[i].Type == rrtype {
			list[i].Data = append(list[i].Data, data)
			return
		}
	}
	set := snapshot.RRset{Type: rrtype, TTL: ttl, Data: [][]byte{data}}
	d[string(name)] = append(list, set)
}

// join puts labels in wire form before a name, if there is room.
func join(labels string, name []byte) ([]byte, bool) {
	joined := append([]byte(labels), name...)
	return joined, len(joined) <= wire.MaxName
}

// data is the rdata with these names.
func (s SOA) data(mname, rname []byte) []byte {
	data := append(append([]byte{}, mname...), rname...)
	for _, v := range []uint32{soaSerial, s.Refresh, s.Retry, s.Expire, s.Minimum} {
		data = binary.BigEndian.AppendUint32(data, v)
	}
	return data
}
