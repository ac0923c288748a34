package engine

import (
	"fmt"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// example is a query that an RFC, or the zone above it, answers.
type example struct {
	name, qname string
	qtype       uint16
	rcode       int
	answer      []string
	authority   []string // types
}

func (l *lab) checkExamples(t *testing.T, examples []example) {
	for _, tt := range examples {
		t.Run(tt.name, func(t *testing.T) {
			m := l.query(tt.qname, tt.qtype)
			if m.Rcode != tt.rcode {
				t.Errorf("rcode %d, want %d", m.Rcode, tt.rcode)
			}
			if got := lines(m.Answer); fmt.Sprint(got) != fmt.Sprint(tt.answer) {
				t.Errorf("answer %q, want %q", got, tt.answer)
			}
			if got := typesOf(m.Ns); fmt.Sprint(got) != fmt.Sprint(tt.authority) {
				t.Errorf("authority %q, want %q", got, tt.authority)
			}
		})
	}
}

// typesOf is an RR's owner and type each.
func typesOf(section []dns.RR) []string {
	var types []string
	for _, rr := range section {
		types = append(types, rr.Header().Name+" "+dns.TypeToString[rr.Header().Rrtype])
	}
	return types
}

// TestRFC4592 asks what section 2.2.1 lists, and for wildcards of section 4.
func TestRFC4592(t *testing.T) {
	l := newLab(t, Config{})
	l.load(`
example. 3600 IN SOA ns.example.com. host.example. 1 2 3 4 5
example. 3600 IN NS ns.example.com.
example. 3600 IN NS ns.example.net.
*.example. 3600 IN TXT "this is a wildcard"
*.example. 3600 IN MX 10 host1.example.
sub.*.example. 3600 IN TXT "this is not a wildcard"
host1.example. 3600 IN A 192.0.2.1
_ssh._tcp.host1.example. 3600 IN SRV 0 0 22 host1.example.
_ssh._tcp.host2.example. 3600 IN SRV 0 0 22 host2.example.
subdel.example. 3600 IN NS ns.example.com.
subdel.example. 3600 IN NS ns.example.net.
*.alias.example. 3600 IN CNAME host1.example.
`)
	l.checkExamples(t, []example{
		{"synthesised MX", "host3.example.", dns.TypeMX, 0, []string{"host3.example. 3600 IN MX 10 host1.example."}, nil},
		{"no A at the wildcard", "host3.example.", dns.TypeA, 0, nil, []string{"example. SOA"}},
		{"synthesised over two labels", "foo.bar.example.", dns.TypeTXT, 0, []string{`foo.bar.example. 3600 IN TXT "this is a wildcard"`}, nil},
		{"the name exists", "host1.example.", dns.TypeMX, 0, nil, []string{"example. SOA"}},
		{"a name below the wildcard exists", "sub.*.example.", dns.TypeMX, 0, nil, []string{"example. SOA"}},
		{"the closest encloser has no wildcard", "_telnet._tcp.host1.example.", dns.TypeSRV, 3, nil, []string{"example. SOA"}},
		{"delegated", "host.subdel.example.", dns.TypeA, 0, nil, []string{"subdel.example. NS", "subdel.example. NS"}},
		{"a wildcard is no source for names below itself", "ghost.*.example.", dns.TypeMX, 3, nil, []string{"example. SOA"}},
		{"the wildcard itself", "*.example.", dns.TypeTXT, 0, []string{`*.example. 3600 IN TXT "this is a wildcard"`}, nil},
		{"an empty non-terminal hides the wildcard", "host2.example.", dns.TypeTXT, 0, nil, []string{"example. SOA"}},
		{"CNAME at a wildcard", "x.alias.example.", dns.TypeA, 0,
			[]string{"x.alias.example. 3600 IN CNAME host1.example.", "host1.example. 3600 IN A 192.0.2.1"}, nil},
	})
}

// TestRFC6672 has the substitutions of section 2.2, table 1.
func TestRFC6672(t *testing.T) {
	tests := []struct{ qname, owner, target, result string }{
		{"com.", "example.com.", "example.net.", ""},
		{"example.com.", "example.com.", "example.net.", ""},
		{"a.example.com.", "example.com.", "example.net.", "a.example.net."},
		{"a.b.example.com.", "example.com.", "example.net.", "a.b.example.net."},
		{"ab.example.com.", "b.example.com.", "example.net.", ""},
		{"foo.example.com.", "example.com.", "example.net.", "foo.example.net."},
		{"a.x.example.com.", "x.example.com.", "example.net.", "a.example.net."},
		{"a.example.com.", "example.com.", "y.example.net.", "a.y.example.net."},
		{"cyc.example.com.", "example.com.", "example.com.", "cyc.example.com."},
		{"cyc.example.com.", "example.com.", "c.example.com.", "cyc.c.example.com."},
		{"shortloop.x.x.", "x.", ".", "shortloop.x."},
		{"shortloop.x.", "x.", ".", "shortloop."},
	}
	for _, tt := range tests {
		t.Run(tt.qname+" "+tt.target, func(t *testing.T) {
			apex := tt.owner[strings.LastIndex(strings.TrimSuffix(tt.owner, "."), ".")+1:]
			l := newLab(t, Config{})
			l.load(fmt.Sprintf("%s 60 IN SOA ns.invalid. host.invalid. 1 2 3 4 5\n%s 60 IN DNAME %s\n", apex, tt.owner, tt.target))
			result := ""
			for _, rr := range l.query(tt.qname, dns.TypeA).Answer {
				if c, ok := rr.(*dns.CNAME); ok && result == "" {
					result = c.Target
				}
			}
			if result != tt.result {
				t.Errorf("got %q, want %q", result, tt.result)
			}
		})
	}
}

// TestTooLongAfterDNAME verifies YXDOMAIN (RFC 6672 section 2.2).
func TestTooLongAfterDNAME(t *testing.T) {
	l := newLab(t, Config{})
	label := strings.Repeat("x", 60) + "."
	l.load("x. 60 IN SOA ns.x. host.x. 1 2 3 4 5\nd.x. 60 IN DNAME " + strings.Repeat(label, 3) + "x.\n")
	if m := l.query(label+label+"d.x.", dns.TypeA); m.Rcode != dns.RcodeYXDomain || len(m.Answer) != 1 || !m.Authoritative {
		t.Errorf("got %v", m)
	}
}

// TestRFC8482 verifies section 4.2, one HINFO instead of all records at names
// that hold some, and section 4.1 where they hold a CNAME, beside which there
// is no HINFO.
func TestRFC8482(t *testing.T) {
	l := newLab(t, Config{})
	l.load(exampleZone + "*.aliases.example. 30 IN CNAME www.example.\n")
	hinfo := func(name string) []string { return []string{name + ` 3600 IN HINFO "RFC8482" ""`} }
	soa := []string{"example. SOA"}
	l.checkExamples(t, []example{
		{"a name", "www.example.", dns.TypeANY, 0, hinfo("www.example."), nil},
		{"the apex", "example.", dns.TypeANY, 0, hinfo("example."), nil},
		{"an alias", "alias.example.", dns.TypeANY, 0, []string{"alias.example. 30 IN CNAME www.example."}, nil},
		{"an alias that a wildcard makes", "x.aliases.example.", dns.TypeANY, 0,
			[]string{"x.aliases.example. 30 IN CNAME www.example."}, nil},
		{"below a wildcard", "x.wild.example.", dns.TypeANY, 0, hinfo("x.wild.example."), nil},
		{"an empty non-terminal", "c.example.", dns.TypeANY, 0, nil, soa},
		{"no name", "none.example.", dns.TypeANY, 3, nil, soa},
		{"delegated", "x.sub.example.", dns.TypeANY, 0, nil, []string{"sub.example. NS"}},
	})
}

// TestDSComesFromAbove verifies RFC 4035 section 3.1.4.1 where both sides of a
// cut are ours, one is, or the one between is not.
func TestDSComesFromAbove(t *testing.T) {
	const ds = "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118"
	l := newLab(t, Config{})
	l.load(`
a. 60 IN SOA ns.a. host.a. 1 2 3 4 5
signed.a. 60 IN SOA ns.a. host.a. 1 2 3 4 5
signed.a. 60 IN DS ` + ds + `
plain.a. 60 IN SOA ns.a. host.a. 1 2 3 4 5
theirs.a. 60 IN NS ns.elsewhere.
theirs.a. 60 IN DS ` + ds + `
other.a. 60 IN NS ns.elsewhere.
ours.other.a. 60 IN SOA ns.a. host.a. 1 2 3 4 5
`)
	l.checkExamples(t, []example{
		{"of a zone of ours", "signed.a.", dns.TypeDS, 0, []string{"signed.a. 60 IN DS " + ds}, nil},
		{"that there is none, says the zone above", "plain.a.", dns.TypeDS, 0, nil, []string{"a. SOA"}},
		{"of a delegation", "theirs.a.", dns.TypeDS, 0, []string{"theirs.a. 60 IN DS " + ds}, nil},
		{"below a delegation", "x.theirs.a.", dns.TypeDS, 0, nil, []string{"theirs.a. NS"}},
		{"the zone above is another's", "ours.other.a.", dns.TypeDS, 0, nil, []string{"other.a. NS"}},
		{"nothing of ours above", "a.", dns.TypeDS, 0, nil, []string{"a. SOA"}},
		{"other types are the zone's own", "plain.a.", dns.TypeDNSKEY, 0, nil, []string{"plain.a. SOA"}},
	})
}

func TestClassANYIsNotAuthoritative(t *testing.T) {
	l := newLab(t, Config{})
	l.load(exampleZone)
	for _, name := range []string{"www.example.", "two.example.", "none.example.", "alias.example."} {
		q := new(dns.Msg)
		q.SetQuestion(name, dns.TypeA)
		q.Question[0].Qclass = dns.ClassANY
		if m := l.exchange(q, 512); m.Authoritative || len(m.Answer)+len(m.Ns) == 0 {
			t.Errorf("%s: %v", name, m)
		}
	}
}
