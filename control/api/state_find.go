package api

import (
	"net/netip"
	"slices"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// find is an item that is so.
func (n *nameState) find(so func(item) bool) (item, bool) {
	for i := range n.items() {
		if so(i) {
			return i, true
		}
	}
	return item{}, false
}

// withAddress are the A or AAAA of an address.
func (n *nameState) withAddress(addr netip.Addr) []item {
	var found []item
	for i := range n.items() {
		if i.hasAddress(addr) {
			found = append(found, i)
		}
	}
	return found
}

// hasAddress tells whether an A or AAAA of an address is the item's.
func (i *item) hasAddress(addr netip.Addr) bool {
	return slices.ContainsFunc(i.rrs, func(rr record.RR) bool {
		at, ok := netip.AddrFromSlice(rr.Data)
		return ok && isAddress(rr.Type) && at == addr
	})
}

// alias is the record that makes the name an alias of target.
func (n *nameState) alias(target string) (item, bool) {
	for i := range n.items() {
		for _, rr := range i.rrs {
			if rr.Type == wire.TypeCNAME && wire.NameString(wire.AppendLower(nil, rr.Data)) == target {
				return i, true
			}
		}
	}
	return item{}, false
}

// aliases are the names that the name will be an alias of, each once, in
// lower case, and whether it will have records that cannot be beside an alias.
func (n *nameState) aliases() (targets []string, others bool) {
	for i := range n.items() {
		for _, rr := range i.rrs {
			if rr.Type != wire.TypeCNAME {
				others = others || record.Exclude(wire.TypeCNAME, rr.Type, false)
				continue
			}
			if target := wire.NameString(wire.AppendLower(nil, rr.Data)); !slices.Contains(targets, target) {
				targets = append(targets, target)
			}
		}
	}
	return targets, others
}
