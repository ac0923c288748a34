package interop

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/coredns/coredns/plugin/etcd/msg"
	"github.com/miekg/dns"
)

// profile is a kind of messages that lie below one name, and the types by which
// names are asked for. What both sides mean by a mixture differs: differences_test.go.
type profile struct {
	name  string
	types []uint16
	make  func(r *rand.Rand, i int) msg.Service
}

var addressTypes = []uint16{dns.TypeA, dns.TypeAAAA, dns.TypeTXT, dns.TypeMX}

var profiles = []profile{
	{"addr", addressTypes, func(r *rand.Rand, i int) msg.Service {
		return msg.Service{Host: address(r), Text: pick(r, "", "heritage=external-dns"), TargetStrip: r.IntN(2), Group: groupOf(r)}
	}},
	{"srv-addr", append([]uint16{dns.TypeSRV}, addressTypes...), func(r *rand.Rand, i int) msg.Service {
		return msg.Service{Host: address(r), Port: 1 + r.IntN(3), Weight: weightOf(r), TargetStrip: r.IntN(4), Group: groupOf(r), Mail: r.IntN(2) == 0}
	}},
	{"srv-name", []uint16{dns.TypeSRV}, func(r *rand.Rand, i int) msg.Service {
		return msg.Service{Host: fmt.Sprintf("t%d.a.b.example.net", i), Port: 1 + r.IntN(3), Weight: weightOf(r),
			Priority: r.IntN(3) * 5, TargetStrip: pick(r, 0, 9), Group: groupOf(r)}
	}},
	{"text", []uint16{dns.TypeTXT, dns.TypeA, dns.TypeMX}, func(r *rand.Rand, i int) msg.Service {
		return msg.Service{Text: strings.Repeat("x", 1+r.IntN(40)*13%600), Group: groupOf(r)}
	}},
	{"mail", []uint16{dns.TypeMX}, func(r *rand.Rand, i int) msg.Service {
		return msg.Service{Host: fmt.Sprintf("m%d.a.example.net.", i), Mail: true, Priority: r.IntN(3), TargetStrip: r.IntN(3), Group: groupOf(r)}
	}},
}

// address is an address out of few, of either family.
func address(r *rand.Rand) string {
	if r.IntN(3) == 0 {
		return fmt.Sprintf("2001:db8::%x", 1+r.IntN(9))
	}
	return fmt.Sprintf("10.0.0.%d", 1+r.IntN(9))
}

func groupOf(r *rand.Rand) string { return pick(r, "", "", "", "g1", "g2") }

func weightOf(r *rand.Rand) int { return pick(r, 0, 0, 1, 7, 100, 60000) }

func pick[T any](r *rand.Rand, choices ...T) T { return choices[r.IntN(len(choices))] }

// messages are random keys and values, and the names to ask for with their types.
type messages struct {
	values  map[string]string
	queries map[string][]uint16
}

// randomMessages makes so many of each profile, in trees of up to four labels.
// A name has either messages or names below it.
func randomMessages(r *rand.Rand, count int) messages {
	m := messages{values: map[string]string{}, queries: map[string][]uint16{}}
	for _, p := range profiles {
		for i := range count {
			labels := []string{fmt.Sprintf("x%d", i)}
			for range r.IntN(3) {
				labels = append(labels, fmt.Sprintf("d%d", r.IntN(4)))
			}
			labels = append(labels, fmt.Sprintf("d%d", r.IntN(12)), p.name)
			name := strings.Join(labels, ".") + "." + zone
			s := p.make(r, i)
			s.TTL = uint32(1 + r.IntN(1000))
			m.add(name, s, p.types)
		}
	}
	for i := range count {
		name := fmt.Sprintf("%d.%d.0.%s", i%256, i/256, arpaZone)
		m.add(name, msg.Service{Host: fmt.Sprintf("h%d.example.net.", i), TTL: uint32(1 + i)}, nil)
		m.queries[name] = []uint16{dns.TypePTR}
	}
	for i := range 100 {
		m.queries[fmt.Sprintf("none%d.%s", i, zone)] = []uint16{dns.TypeA, dns.TypeSRV}
	}
	return m
}

// add puts a message at a name, and asks for the name and those above it, but
// for the last label, which stands for the profile.
func (m *messages) add(name string, s msg.Service, types []uint16) {
	value, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	m.values[msg.Path(name, "skydns")] = string(value)
	for labels := dns.SplitDomainName(name); len(labels) > dns.CountLabel(zone)+1; labels = labels[1:] {
		m.queries[strings.Join(labels, ".")+"."] = types
	}
}

// names are the names to ask for, sorted.
func (m *messages) names() []string {
	var names []string
	for name := range m.queries {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
