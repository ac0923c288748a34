package api

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// view is the records of one type at a name, as clients read them. Of a name
// with several types the first one's view has the others in More.
type view struct {
	Type   string       `json:"type"`
	IPs    []netip.Addr `json:"ips,omitempty"`    // A, AAAA: in order
	Target string       `json:"target,omitempty"` // CNAME
	Rdata  []string     `json:"rdata,omitempty"`  // other types: presentation form, in order
	TTL    uint32       `json:"ttl,omitempty"`    // seconds; none: record.DefaultTTL
	User   string       `json:"user,omitempty"`   // the owner
	More   []view       `json:"more,omitempty"`
}

// listing is what names hold: by name in presentation form, sets by type.
type listing map[string][]set

// set is the records of one type at a name.
type set struct {
	rrtype uint16
	ttl    uint32
	user   string
	data   [][]byte
}

// add sorts a record's RRs into their names' sets.
func (l listing) add(i item) {
	for _, rr := range i.rrs {
		name := wire.NameString(rr.Name)
		sets := l[name]
		at := slices.IndexFunc(sets, func(s set) bool { return s.rrtype == rr.Type })
		if at < 0 {
			at = len(sets)
			sets = append(sets, set{rrtype: rr.Type, ttl: rr.TTL, user: i.owner()})
			l[name] = sets
		}
		if !slices.ContainsFunc(sets[at].data, func(d []byte) bool { return bytes.Equal(d, rr.Data) }) {
			sets[at].data = append(sets[at].data, rr.Data)
		}
		sets[at].ttl = min(sets[at].ttl, rr.TTL)
		if sets[at].user == "" {
			sets[at].user = i.owner()
		}
	}
}

// names are the names, sorted.
func (l listing) names() []string {
	names := make([]string, 0, len(l))
	for name := range l {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// viewOf shows a name's sets, A first and the others by type.
func viewOf(sets []set) view {
	slices.SortFunc(sets, func(a, b set) int { return int(a.rrtype) - int(b.rrtype) })
	first := sets[0].view()
	for _, s := range sets[1:] {
		first.More = append(first.More, s.view())
	}
	return first
}

func (s set) view() view {
	v := view{Type: record.TypeText(s.rrtype), User: s.user}
	if s.ttl != record.DefaultTTL {
		v.TTL = s.ttl
	}
	switch s.rrtype {
	case wire.TypeA, wire.TypeAAAA:
		for _, data := range s.data {
			addr, _ := netip.AddrFromSlice(data)
			v.IPs = append(v.IPs, addr)
		}
		slices.SortFunc(v.IPs, netip.Addr.Compare)
	case wire.TypeCNAME:
		v.Target = wire.NameString(s.data[0])
	default:
		for _, data := range s.data {
			v.Rdata = append(v.Rdata, dataText(s.rrtype, data))
		}
		slices.Sort(v.Rdata)
	}
	return v
}

// dataText is rdata in presentation form.
func dataText(rrtype uint16, data []byte) string {
	text, err := record.RR{Type: rrtype, Data: data}.DataText()
	if err != nil {
		return fmt.Sprintf(`\# %d %x`, len(data), data)
	}
	return text
}
