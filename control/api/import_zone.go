package api

import (
	"bytes"
	"net/http"
	"net/netip"
	"slices"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/control/zonefile"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// zoneImport is an import that a client asks for.
type zoneImport struct {
	request request
	apex    []byte
	names   [][]byte                // of the zone's records, each once
	at      map[string][]zoneRecord // by name
	replace bool                    // what the file does not have is to go
}

// zoneRecord is a record of ours that a master file states.
type zoneRecord struct {
	rrtype uint16
	line   int
	m      record.Message
}

// newImport sorts a zone's records by their names, all of which must be ours
// to change.
func (s *server) newImport(z *zonefile.Zone, user string) (*zoneImport, error) {
	if s.names.ours.Zone(z.Apex) == nil {
		return nil, fail(http.StatusNotFound, "%s is in no domain of ours", wire.NameString(z.Apex))
	}
	i := &zoneImport{apex: z.Apex, at: map[string][]zoneRecord{}}
	i.request = request{names: s.names, user: user, name: z.Apex}
	services := servicesOf(z.Records)
	inOne := map[string]bool{} // names whose address is part of a service's record
	for _, target := range services {
		inOne[target.name] = true
	}
	for n, r := range z.Records {
		if wire.IsSubdomain(r.Name, s.names.services) {
			return nil, fail(http.StatusForbidden, "line %d: %s: can not ops k8s svc", r.Line, wire.NameString(r.Name))
		}
		if inOne[string(r.Name)] {
			continue
		}
		m := services[n].m
		if services[n].name == "" {
			var err error
			if m, err = record.MessageOf(r.RR); err != nil {
				return nil, fail(http.StatusBadRequest, "line %d: %v", r.Line, err)
			}
		}
		if i.at[string(r.Name)] == nil {
			i.names = append(i.names, r.Name)
		}
		i.at[string(r.Name)] = append(i.at[string(r.Name)], zoneRecord{r.Type, r.Line, m})
	}
	return i, nil
}

// serviceTarget is the record of ours that an SRV and the address of its target
// stand for, and the target.
type serviceTarget struct {
	name string // wire form
	m    record.Message
}

// servicesOf finds the SRVs, by their place in a zone, that an export has
// written of one record with an address: the target is the name of that
// record's key, and its only data in the zone is that address.
func servicesOf(zone []zonefile.Record) map[int]serviceTarget {
	targets := map[string][]record.RR{}
	for _, r := range zone {
		if record.IsItem(r.Name) {
			targets[string(r.Name)] = append(targets[string(r.Name)], r.RR)
		}
	}
	found := map[int]serviceTarget{}
	for n, r := range zone {
		if r.Type != wire.TypeSRV || len(r.Data) < 6 {
			continue
		}
		target := wire.AppendLower(nil, r.Data[6:])
		if at := targets[string(target)]; len(at) == 1 && isAddress(at[0].Type) && at[0].TTL == r.TTL {
			if m, ok := oneRecord(r.RR, at[0]); ok {
				found[n] = serviceTarget{string(target), m}
			}
		}
	}
	return found
}

// oneRecord is the record of ours that an SRV and an address stand for, if its
// key has the name where the address is.
func oneRecord(srv, address record.RR) (record.Message, bool) {
	m, err := record.MessageOf(srv)
	addr, ok := netip.AddrFromSlice(address.Data)
	if err != nil || !ok {
		return m, false
	}
	m.Host, m.Rdata = addr.String(), ""
	key, _, err := record.New(srv.Name, m)
	if err != nil {
		return m, false
	}
	self, err := record.KeyName(key)
	return m, err == nil && bytes.Equal(self, address.Name)
}

// drop removes what an item has of the types that the file has at a name. What
// of it stands at the name above, as the address of a service of ours does,
// goes or stays with that.
func (i *zoneImport) drop(n *nameState, it item) error {
	if it.record.Own && !bytes.Equal(it.record.Name, n.name) || it.garbage() && !i.replace {
		return nil
	}
	if i.replace || i.hasAll(it.rrs) || i.hasAll(listed(slices.Clone(it.record.RRs(n.zone)))) {
		n.drop(it)
		return nil
	}
	for _, rr := range it.rrs {
		if !i.has(n.name, rr.Type) {
			continue
		}
		if err := n.dropType(it, rr.Type); err != nil {
			return err
		}
	}
	return nil
}

// hasAll reports whether the file has the names and types of all of rrs.
func (i *zoneImport) hasAll(rrs []record.RR) bool {
	return !slices.ContainsFunc(rrs, func(rr record.RR) bool { return !i.has(rr.Name, rr.Type) })
}

// has reports whether the file has records of a type at a name.
func (i *zoneImport) has(name []byte, rrtype uint16) bool {
	return slices.ContainsFunc(i.at[string(name)], func(r zoneRecord) bool { return r.rrtype == rrtype })
}
