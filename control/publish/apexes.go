package publish

import (
	"cmp"
	"slices"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// apexes are the names that hold a SOA, each before those below it. They are
// published first: a zone that comes after names below it makes the snapshot
// look for these in all its names.
func (p *Publisher) apexes() []string {
	var names []string
	for name := range p.defaults {
		if p.defaults.isApex(name) {
			names = append(names, name)
		}
	}
	for name, packed := range p.records.all() {
		if _, made := p.defaults[string(name)]; !made && holdsSOA(packed) {
			names = append(names, string(name))
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(wire.Labels([]byte(a)), wire.Labels([]byte(b))) })
	return names
}

// holdsSOA reports whether a SOA is among packed items.
func holdsSOA(packed []byte) bool {
	for len(packed) > 0 {
		it, _, size := unpack(packed)
		if it.rrtype == wire.TypeSOA {
			return true
		}
		packed = packed[size:]
	}
	return false
}
