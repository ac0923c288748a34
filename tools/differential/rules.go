package differential

import (
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// exchange is a query, and what two servers say to it.
type exchange struct {
	query        *dns.Msg
	server       string // of theirs
	ours, theirs reply
}

func (x *exchange) qtype() uint16  { return x.query.Question[0].Qtype }
func (x *exchange) qclass() uint16 { return x.query.Question[0].Qclass }

// rule is a difference that is known, and right or harmless; README.md says
// by which RFC.
type rule struct {
	name    string
	server  string // whose difference it is; "" stands for both
	excuses string // the parts of a reply that it concerns
	applies func(x *exchange) bool
	rare    bool // some rounds have no such difference
}

// maxDatagram is the most that any of the servers sends over UDP.
const maxDatagram = 1232

const everything = "none rcode opcode aa tc rd cd ad ra question edns answer authority additional"

var rules = []rule{
	{"any", "", "answer authority additional tc", func(x *exchange) bool {
		return x.qtype() == dns.TypeANY && x.ours.rcode == x.theirs.rcode && hasRFC8482(x)
	}, false},
	{"opcode", "", everything, func(x *exchange) bool {
		return x.query.Opcode != dns.OpcodeQuery && x.ours.rcode == dns.RcodeNotImplemented && x.echoes()
	}, false},
	{"class", "", everything, func(x *exchange) bool {
		return x.qclass() != dns.ClassINET && x.qclass() != dns.ClassANY && x.ours.rcode == dns.RcodeRefused && x.echoes()
	}, false},
	{"class-any", "", "aa answer authority additional", func(x *exchange) bool { return x.qclass() == dns.ClassANY && !x.ours.aa }, false},
	{"meta-type", "", everything, func(x *exchange) bool {
		want, meta := metaTypes[x.qtype()]
		return meta && x.ours.rcode == want && x.echoes()
	}, false},
	{"truncated", "", "rcode answer authority additional tc", func(x *exchange) bool { return x.ours.tc || x.theirs.tc }, false},
	{"full", "", "additional", isFull, false},
	{"no-soa", "Knot", "authority", isFullBeforeSOA, true},
	{"endless", "", "rcode answer", hasEndless, false},
	{"no-question", "NSD", "question", func(x *exchange) bool {
		return x.theirs.question == "" && x.ours.rcode == dns.RcodeFormatError && x.echoes()
	}, false},
	{"badvers", "NSD", "edns cd", func(x *exchange) bool { return x.ours.rcode == dns.RcodeBadVers }, false},
	{"ds", "NSD", "authority additional", func(x *exchange) bool {
		return x.qtype() == dns.TypeDS && x.theirs.answer != nil && x.theirs.authority == nil
	}, false},
	{"wildcard-ns", "", "rcode aa answer authority additional", hasWildcardNS, false},
	{"other-zone", "Knot", "rcode answer authority additional", stopsAtBorder, false},
	{"covers-inner", "Knot", "rcode answer authority additional", coversInner, true},
	{"hosts", "Knot", "additional", addsHosts, false},
	{"inner-hosts", "", "additional", addsInnerHosts, true},
	{"loop", "", "answer", func(x *exchange) bool {
		return has(x.ours.answer, "cname") && slices.Equal(slices.Compact(slices.Clone(x.theirs.answer)), x.ours.answer)
	}, false},
	{"wildcard-dname", "Knot", "rcode answer authority additional tc", func(x *exchange) bool {
		return slices.ContainsFunc(x.ours.answer, func(l string) bool {
			return strings.HasPrefix(l, "*.") && strings.Contains(l, "\tdname\t")
		})
	}, false},
	{"yxdomain", "Knot", "rcode answer authority", func(x *exchange) bool { return x.ours.rcode == dns.RcodeYXDomain }, false},
	{"ds-behind-alias", "Knot", "answer authority", func(x *exchange) bool {
		return x.qtype() == dns.TypeDS && has(x.ours.answer, "cname")
	}, true},
	{"ds-undelegated", "", "rcode answer authority additional", func(x *exchange) bool {
		return x.qtype() == dns.TypeDS && x.ours.answer == nil && slices.Contains(zoneNames, strings.ToLower(x.query.Question[0].Name))
	}, true},
	{"signatures", "Knot", "rcode answer authority additional", func(x *exchange) bool {
		return (x.qtype() == dns.TypeNSEC || x.qtype() == dns.TypeRRSIG) && has(x.ours.answer, "cname")
	}, false},
}

// unexplained are the parts in which two replies differ for no known reason.
// It counts the rules that it needs.
func (x *exchange) unexplained(used map[string]int) []string {
	parts := differs(&x.ours, &x.theirs)
	for _, r := range rules {
		if len(parts) == 0 {
			return nil
		}
		if r.server != "" && r.server != x.server || !r.applies(x) {
			continue
		}
		before := len(parts)
		excused := strings.Fields(r.excuses)
		parts = slices.DeleteFunc(parts, func(p string) bool { return slices.Contains(excused, p) })
		if len(parts) < before {
			used[r.name]++
		}
	}
	return parts
}
