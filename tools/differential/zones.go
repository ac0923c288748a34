package differential

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// zoneNames are the apexes of the generated zones: some lie in one another.
var zoneNames = []string{
	"a.test.", "in.a.test.", "deep.er.in.a.test.", "b.test.", "c.test.", "x.c.test.", "d.e.f.test.", "g.", "h.g.",
	"i.test.", "j.test.", "k.test.", "l.test.", "m.test.", "n.test.", "o.test.",
}

// labels are what generated names are made of: few, so that names meet.
var labels = []string{"a", "b", "c", "d", "*", "www", "ns1", "_tcp", "x-y", `a\.b`, `\000`, "0", strings.Repeat("long", 15)}

// plan is a zone under way.
type plan struct {
	*rand.Rand
	apex  string
	names []string          // of the zone, the apex first, whether they have records or not
	kinds map[string]string // by name: "cname", "dname", "cut" or "data"
	text  strings.Builder
}

// generate makes a zone as a master file, and the names that are worth asking
// for.
func generate(r *rand.Rand, apex string) (text string, names []string) {
	p := &plan{Rand: r, apex: apex, kinds: map[string]string{}}
	p.names = append(p.names, apex)
	p.kinds[apex] = "data"
	p.add(apex, 300, "SOA ns1."+apex+" host."+apex+fmt.Sprintf(" 1 7200 1800 86400 %d", []int{60, 600}[r.IntN(2)]))
	if r.IntN(4) == 0 && isAlone(apex) {
		p.add(apex, 300, "NS ns.elsewhere.example.")
		p.add(apex, 300, "DNAME "+p.target())
		return p.text.String(), append(p.names, "x."+apex, "y.x."+apex)
	}
	p.add(apex, 300, "NS ns1."+apex)
	p.kinds["ns1."+apex] = "data"
	p.names = append(p.names, "ns1."+apex)
	p.add("ns1."+apex, 300, "A 192.0.2.1")
	if r.IntN(2) == 0 {
		p.add(apex, 300, "NS "+p.target())
	}
	p.delegate()
	for range 10 + r.IntN(50) {
		p.name()
	}
	return p.text.String(), p.names
}

// delegate adds the cuts to the zones of ours that lie right below this one, but
// some without a label between: their parent does not know of them.
func (p *plan) delegate() {
	for _, other := range zoneNames {
		if other == p.apex || upperOf(other) != p.apex {
			continue
		}
		if label, _, _ := strings.Cut(other, "."); other == label+"."+p.apex && p.IntN(4) == 0 {
			continue
		}
		p.kinds[other] = "cut"
		p.add(other, 300, "NS ns1."+other)
		p.add("ns1."+other, 300, "A 192.0.2.1")
		if p.IntN(2) == 0 {
			p.add(other, 300, "DS 1 8 2 "+strings.Repeat("cd", 32))
		}
	}
}

// upperOf is the zone of ours right above one; "" if there is none.
func upperOf(apex string) string {
	best := ""
	for _, z := range zoneNames {
		if strings.HasSuffix(apex, "."+z) && len(z) > len(best) {
			best = z
		}
	}
	return best
}

// isAlone reports whether no other zone of ours is above or below a zone.
func isAlone(apex string) bool {
	return upperOf(apex) == "" && !slices.ContainsFunc(zoneNames, func(z string) bool { return upperOf(z) == apex })
}

func (p *plan) add(name string, ttl int, rest string) {
	fmt.Fprintf(&p.text, "%s %d IN %s\n", name, ttl, rest)
}

// clear reports whether no name ends like that.
func (p *plan) clear(suffix string) bool {
	for name := range p.kinds {
		if strings.HasSuffix(name, suffix) {
			return false
		}
	}
	return true
}

// name adds a name with its records.
func (p *plan) name() {
	name := p.apex
	for range 1 + p.IntN(4) {
		if name = labels[p.IntN(len(labels))] + "." + name; p.IntN(2) == 0 {
			break
		}
	}
	if p.kinds[name] != "" || p.inside(name) != "" || len(name) > 200 {
		return
	}
	p.names = append(p.names, name)
	switch n := p.IntN(100); {
	case n < 15:
		p.kinds[name] = "cname"
		p.add(name, p.ttl(), "CNAME "+p.target())
	case n < 25 && p.clear("."+name):
		p.kinds[name] = "dname"
		p.add(name, p.ttl(), "DNAME "+p.target())
		if p.IntN(3) == 0 {
			p.add(name, p.ttl(), "A 192.0.2.9")
		}
	case n < 40:
		p.cut(name)
	default:
		p.kinds[name] = "data"
		p.data(name)
	}
}

// inside is the kind of the name above that rules name: nothing may be below a
// DNAME, and zones of our own are apart.
func (p *plan) inside(name string) string {
	for at := name; at != p.apex; {
		_, at, _ = strings.Cut(unescaped(at), ".")
		if at = escaped(at); p.kinds[at] == "dname" {
			return "dname"
		}
	}
	for _, other := range zoneNames {
		if len(other) > len(p.apex) && (name == other || strings.HasSuffix(name, "."+other)) {
			return "zone"
		}
	}
	return ""
}

// unescaped hides dots that are no ends of labels; escaped shows them again.
func unescaped(name string) string { return strings.ReplaceAll(name, `\.`, `\!`) }
func escaped(name string) string   { return strings.ReplaceAll(name, `\!`, `\.`) }
