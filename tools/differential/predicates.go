package differential

import (
	"slices"
	"strings"

	"github.com/miekg/dns"
)

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

// coversInner reports whether their answer goes on, behind a CNAME to a name in
// a zone inside the one that the CNAME is in, with records of that name which our
// answer does not have. Up to there both answers agree.
func coversInner(x *exchange) bool {
	name := strings.ToLower(x.query.Question[0].Name)
	for range x.ours.answer {
		target := aliased(x.ours.answer, name)
		if target == "" || aliased(x.theirs.answer, name) != target {
			return false
		}
		if from, to := zoneOf(name), zoneOf(target); from != to {
			return strings.HasSuffix(to, "."+from) && slices.ContainsFunc(x.theirs.answer, func(line string) bool {
				return strings.HasPrefix(line, target+"\t") && !slices.Contains(x.ours.answer, line)
			})
		}
		name = target
	}
	return false
}

// aliased is where the CNAME of a name leads to; "" if an answer has none.
func aliased(answer []string, name string) string {
	for _, line := range answer {
		if f := strings.Fields(line); f[0] == name && f[3] == "cname" {
			return f[4]
		}
	}
	return ""
}

// limit is how large a datagram the query allows.
func (x *exchange) limit() int {
	size := dns.MinMsgSize
	if o := x.query.IsEdns0(); o != nil {
		size = min(max(size, int(o.UDPSize())), maxDatagram)
	}
	return size
}

// isFullBeforeSOA reports whether they leave out the SOA of a negative answer,
// and it does not fit into their datagram.
func isFullBeforeSOA(x *exchange) bool {
	// Octets where pointers stand for the owner and the zone in "ns1" and "host".
	const soa = 2 + 10 + 6 + 7 + 20
	return x.theirs.authority == nil && len(x.ours.authority) == 1 && has(x.ours.authority, "soa") &&
		x.theirs.size+soa > x.limit()
}

// isFull reports whether one has only those addresses of the other's that fit
// into its datagram.
func isFull(x *exchange) bool {
	less, more := &x.ours, &x.theirs
	if len(less.additional) > len(more.additional) {
		less, more = more, less
	}
	const aaaa = 2 + 10 + 16 // octets of a record whose owner is a pointer
	return contains(more.additional, less.additional) &&
		less.size+aaaa*(len(more.additional)-len(less.additional)) > x.limit()
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

// addsInnerHosts reports whether we give all the addresses that they give and,
// besides, those of servers of a referral that lie in a zone of ours inside the
// one that refers.
func addsInnerHosts(x *exchange) bool {
	if !contains(x.ours.additional, x.theirs.additional) {
		return false
	}
	return !slices.ContainsFunc(x.ours.additional, func(host string) bool {
		zone := zoneOf(strings.Fields(host)[0])
		return !slices.Contains(x.theirs.additional, host) && !slices.ContainsFunc(x.ours.authority, func(line string) bool {
			f := strings.Fields(line)
			return f[3] == "ns" && f[4] == strings.Fields(host)[0] && strings.HasSuffix(zone, "."+zoneOf(f[0]))
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
