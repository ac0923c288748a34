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
	{"hosts", "Knot", "additional", addsHosts, false},
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

// metaTypes are types that are none of data (RFC 6895 section 3.1), and the
// rcode that we answer them with.
var metaTypes = map[uint16]int{
	dns.TypeAXFR: dns.RcodeRefused, dns.TypeIXFR: dns.RcodeRefused,
	dns.TypeMAILA: dns.RcodeNotImplemented, dns.TypeMAILB: dns.RcodeNotImplemented,
	dns.TypeTKEY: dns.RcodeNotImplemented, dns.TypeTSIG: dns.RcodeNotImplemented,
	dns.TypeOPT: dns.RcodeFormatError, 0: dns.RcodeFormatError,
}

// echoes reports whether our reply is to the query: it has no records, and the
// query's id and question.
func (x *exchange) echoes() bool {
	r := &x.ours
	return !r.aa && r.answer == nil && r.authority == nil && r.id == x.query.Id && r.question == questions(x.query.Question)
}

// hasRFC8482 reports whether we answer with the HINFO that stands for all types.
func hasRFC8482(x *exchange) bool {
	return slices.ContainsFunc(x.ours.answer, func(line string) bool { return strings.HasSuffix(line, "\thinfo\t\"rfc8482\" \"\"") })
}

// hasWildcardNS reports whether they refer to the servers of a wildcard, or we
// answer with what a wildcard says of servers.
func hasWildcardNS(x *exchange) bool {
	refers := slices.ContainsFunc(x.theirs.authority, func(line string) bool {
		return strings.HasPrefix(line, "*.") && strings.Contains(line, "\tns\t")
	})
	return refers || slices.ContainsFunc(x.ours.answer, func(line string) bool {
		f := strings.Fields(line)
		return f[3] == "ns" && zoneOf(f[0]) != f[0]
	})
}

// hasEndless reports whether our answer has a DNAME that leads below itself.
func hasEndless(x *exchange) bool {
	return slices.ContainsFunc(x.ours.answer, func(line string) bool {
		f := strings.Fields(line)
		return f[3] == "dname" && (f[0] == "." || strings.HasSuffix(f[4], "."+f[0]))
	})
}

// stopsAtBorder reports whether their answer is the start of ours, up to a
// CNAME into another zone.
func stopsAtBorder(x *exchange) bool {
	if !contains(x.ours.answer, x.theirs.answer) {
		return false
	}
	return slices.ContainsFunc(x.theirs.answer, func(line string) bool {
		f := strings.Fields(line)
		return f[3] == "cname" && zoneOf(f[0]) != zoneOf(f[4])
	})
}

// isFull reports whether one has only those addresses of the other's that fit
// into its datagram.
func isFull(x *exchange) bool {
	limit := dns.MinMsgSize
	if o := x.query.IsEdns0(); o != nil {
		limit = min(max(limit, int(o.UDPSize())), maxDatagram)
	}
	less, more := &x.ours, &x.theirs
	if len(less.additional) > len(more.additional) {
		less, more = more, less
	}
	const aaaa = 2 + 10 + 16 // octets of a record whose owner is a pointer
	return contains(more.additional, less.additional) &&
		less.size+aaaa*(len(more.additional)-len(less.additional)) > limit
}

// addsHosts reports whether they give all the addresses that we give and, of
// those that they give besides, none is glue of the referral.
func addsHosts(x *exchange) bool {
	if !contains(x.theirs.additional, x.ours.additional) {
		return false
	}
	return !slices.ContainsFunc(x.theirs.additional, func(host string) bool {
		return !x.ours.aa && !slices.Contains(x.ours.additional, host) &&
			slices.ContainsFunc(x.ours.authority, func(ns string) bool {
				cut, owner := strings.Fields(ns)[0], strings.Fields(host)[0]
				return owner == cut || strings.HasSuffix(owner, "."+cut)
			})
	})
}

// zoneOf is the zone of ours in which a name lies, in lower case.
func zoneOf(name string) string {
	best := ""
	for _, z := range zoneNames {
		if len(z) > len(best) && (name == z || strings.HasSuffix(name, "."+z)) {
			best = z
		}
	}
	return best
}

// contains reports whether all of part is in list.
func contains(list, part []string) bool {
	return !slices.ContainsFunc(part, func(line string) bool { return !slices.Contains(list, line) })
}

// has reports whether a section has a record of a type.
func has(section []string, rrtype string) bool {
	return slices.ContainsFunc(section, func(line string) bool { return strings.Fields(line)[3] == rrtype })
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
