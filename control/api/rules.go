package api

import (
	"net/http"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// rrset is what a name will have of a type.
type rrset struct {
	anew  bool   // there is a record among them that is to be written
	first string // the data of one
	other bool   // there is one with other data
	size  int    // octets in a message
}

// rrsets are those of a name, by type.
func (n *nameState) rrsets() map[uint16]rrset {
	sets := map[uint16]rrset{}
	for i := range n.items() {
		_, anew := n.want[i.key]
		for _, rr := range i.rrs {
			s := sets[rr.Type]
			s.size += record.Size(rr.Data)
			s.anew = s.anew || anew
			if record.Single(rr.Type) {
				data := string(record.Canonical(rr.Type, rr.Data))
				s.other = s.other || s.first != "" && data != s.first
				s.first = data
			}
			sets[rr.Type] = s
		}
	}
	return sets
}

// servable refuses records that would be stored and not served as they are: a
// second SOA or DNAME, NS and DNAME together but at an apex, and an RRset that
// no message can hold. It looks at the types that the change writes, so that
// what is there already is in nobody's way.
func (n *names) servable(state *nameState) error {
	name, sets := wire.NameString(state.name), state.rrsets()
	_, apex := sets[wire.TypeSOA]
	apex = apex || n.isDomain(state.name)
	for rrtype, set := range sets {
		if !set.anew {
			continue
		}
		if set.size > record.MaxRRset {
			return fail(http.StatusRequestEntityTooLarge, "the %s records of %s do not fit into a DNS message: %d octets, at most %d",
				record.TypeText(rrtype), name, set.size, record.MaxRRset)
		}
		if set.other {
			return fail(http.StatusConflict, "%s has another %s already: change it, or remove it first", name, record.TypeText(rrtype))
		}
		for other := range sets {
			if rrtype != wire.TypeCNAME && other != wire.TypeCNAME && record.Exclude(rrtype, other, apex) {
				return fail(http.StatusConflict, "%s cannot have %s and %s: remove one first", name, record.TypeText(rrtype), record.TypeText(other))
			}
		}
	}
	return nil
}

// isDomain reports whether a name is the top of a domain that the node answers for.
func (n *names) isDomain(name []byte) bool {
	zone := n.zones.Zone(name)
	return zone != nil && len(zone) == len(name)
}
