package differential

import (
	"fmt"
	"strings"
)

// cut adds a delegation, with glue where its servers are below it.
func (p *plan) cut(name string) {
	p.kinds[name] = "cut"
	ttl := p.ttl()
	for i := range 1 + p.IntN(3) {
		if p.IntN(3) == 0 {
			p.add(name, ttl, "NS "+p.target())
			continue
		}
		host := fmt.Sprintf("n%d.%s", i, name)
		p.add(name, ttl, "NS "+host)
		if p.IntN(4) > 0 {
			p.add(host, ttl, "A 192.0.2.2")
			p.add(host, ttl, "AAAA 2001:db8::2")
		}
		p.names = append(p.names, host)
	}
	if p.IntN(3) == 0 {
		p.add(name, ttl, "DS 1 8 2 "+strings.Repeat("ab", 32))
	}
	if p.IntN(3) == 0 {
		p.add("t."+name, ttl, "TXT occluded")
	}
}

// data adds RRsets of some types.
func (p *plan) data(name string) {
	for _, kind := range p.Perm(len(sets))[:1+p.IntN(3)] {
		for _, rest := range sets[kind](p) {
			p.add(name, 70+kind, rest)
		}
	}
}

// sets make RRsets, no two of them of one type.
var sets = []func(*plan) []string{
	func(p *plan) []string { return numbered(1+p.IntN(3), "A 192.0.2.%d") },
	func(p *plan) []string { return numbered(1+p.IntN(3), "AAAA 2001:db8::%d") },
	func(p *plan) []string { return []string{`SPF "one" "two; three"`, `SPF "\"\200"`} },
	func(p *plan) []string { return []string{"MX 10 " + p.target(), "MX 20 " + p.target()} },
	func(p *plan) []string { return []string{"SRV 1 2 80 " + p.target()} },
	func(p *plan) []string { return []string{"PTR " + p.target()} },
	func(p *plan) []string { return []string{`CAA 0 issue "ca.example"`, `TYPE65280 \# 4 01020304`} },
	func(p *plan) []string { return []string{`HINFO "a" "b"`, "RP " + p.target() + " " + p.target()} },
	func(p *plan) []string { return numbered(1+p.IntN(60), "TXT \"%d "+strings.Repeat("wide", 20)+`"`) },
}

func numbered(n int, format string) []string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(format, i+1))
	}
	return list
}

func (p *plan) ttl() int { return 30 + p.IntN(1000) }

// target is a name that a record points to: here, in another zone, nowhere.
func (p *plan) target() string {
	switch n := p.IntN(10); {
	case n < 5:
		return p.names[p.IntN(len(p.names))]
	case n < 7:
		return labels[p.IntN(len(labels))] + "." + p.names[p.IntN(len(p.names))]
	case n < 9:
		return labels[p.IntN(len(labels))] + "." + zoneNames[p.IntN(len(zoneNames))]
	}
	return "host.elsewhere.example."
}
