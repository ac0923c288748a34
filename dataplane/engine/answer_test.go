package engine

import (
	"fmt"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

const exampleZone = `
example. 3600 IN SOA ns.example. host.example. 1 7200 1800 86400 60
example. 3600 IN NS ns.example.
ns.example. 300 IN A 192.0.2.53
www.example. 30 IN A 192.0.2.1
WWW.example. 30 IN AAAA 2001:db8::1
two.example. 30 IN A 192.0.2.1
two.example. 30 IN A 192.0.2.2
alias.example. 30 IN CNAME www.example.
chain1.example. 30 IN CNAME chain2.example.
chain2.example. 30 IN CNAME chain3.example.
chain3.example. 30 IN CNAME two.example.
loop1.example. 30 IN CNAME loop2.example.
loop2.example. 30 IN CNAME loop1.example.
dangling.example. 30 IN CNAME none.example.
away.example. 30 IN CNAME www.elsewhere.
mx.example. 30 IN MX 10 www.example.
txt.example. 30 IN TXT "a text" "of two strings"
_http._tcp.example. 30 IN SRV 0 5 80 www.example.
1.2.0.192.example. 30 IN PTR www.example.
caa.example. 30 IN CAA 0 issue "ca.example"
opaque.example. 30 IN TYPE65400 \# 3 010203
a.b.c.example. 30 IN A 192.0.2.3
*.wild.example. 30 IN A 192.0.2.4
sub.example. 30 IN NS ns.sub.example.
ns.sub.example. 30 IN A 192.0.2.54
dname.example. 30 IN DNAME www.example.
inner.example. 3600 IN SOA ns.example. host.example. 1 7200 1800 86400 10
inner.example. 3600 IN NS ns.example.
x.inner.example. 30 IN A 192.0.2.5
nodata.outside. 30 IN A 192.0.2.6
`

func TestAnswers(t *testing.T) {
	tests := []struct {
		name, qname string
		qtype       uint16
		rcode       int
		aa          bool
		answer      []string
		authority   []string
	}{
		{"A", "www.example.", dns.TypeA, 0, true, []string{"www.example. 30 IN A 192.0.2.1"}, nil},
		{"AAAA", "www.example.", dns.TypeAAAA, 0, true, []string{"www.example. 30 IN AAAA 2001:db8::1"}, nil},
		{"case of the question is kept", "wWw.ExAmPlE.", dns.TypeA, 0, true, []string{"wWw.ExAmPlE. 30 IN A 192.0.2.1"}, nil},
		{"underscores", "_http._tcp.example.", dns.TypeSRV, 0, true, []string{"_http._tcp.example. 30 IN SRV 0 5 80 www.example."}, nil},
		{"MX", "mx.example.", dns.TypeMX, 0, true, []string{"mx.example. 30 IN MX 10 www.example."}, nil},
		{"TXT", "txt.example.", dns.TypeTXT, 0, true, []string{`txt.example. 30 IN TXT "a text" "of two strings"`}, nil},
		{"PTR", "1.2.0.192.example.", dns.TypePTR, 0, true, []string{"1.2.0.192.example. 30 IN PTR www.example."}, nil},
		{"CAA", "caa.example.", dns.TypeCAA, 0, true, []string{`caa.example. 30 IN CAA 0 issue "ca.example"`}, nil},
		{"opaque type", "opaque.example.", 65400, 0, true, []string{`opaque.example. 30 CLASS1 TYPE65400 \# 3 010203`}, nil},
		{"NS of the apex", "example.", dns.TypeNS, 0, true, []string{"example. 3600 IN NS ns.example."}, nil},
		{"SOA", "example.", dns.TypeSOA, 0, true, []string{"example. 3600 IN SOA ns.example. host.example. 1 7200 1800 86400 60"}, nil},
		{"AAAA of a name with only A is no NXDOMAIN", "two.example.", dns.TypeAAAA, 0, true, nil,
			[]string{"example. 60 IN SOA ns.example. host.example. 1 7200 1800 86400 60"}},
		{"NXDOMAIN", "none.example.", dns.TypeA, dns.RcodeNameError, true, nil,
			[]string{"example. 60 IN SOA ns.example. host.example. 1 7200 1800 86400 60"}},
		{"empty non-terminal", "b.c.example.", dns.TypeA, 0, true, nil,
			[]string{"example. 60 IN SOA ns.example. host.example. 1 7200 1800 86400 60"}},
		{"CNAME", "alias.example.", dns.TypeA, 0, true,
			[]string{"alias.example. 30 IN CNAME www.example.", "www.example. 30 IN A 192.0.2.1"}, nil},
		{"CNAME asked for", "alias.example.", dns.TypeCNAME, 0, true, []string{"alias.example. 30 IN CNAME www.example."}, nil},
		{"CNAME to nothing", "dangling.example.", dns.TypeA, dns.RcodeNameError, true,
			[]string{"dangling.example. 30 IN CNAME none.example."},
			[]string{"example. 60 IN SOA ns.example. host.example. 1 7200 1800 86400 60"}},
		{"CNAME out of our zones", "away.example.", dns.TypeA, 0, true, []string{"away.example. 30 IN CNAME www.elsewhere."}, nil},
		{"CNAME loop", "loop1.example.", dns.TypeA, 0, true,
			[]string{"loop1.example. 30 IN CNAME loop2.example.", "loop2.example. 30 IN CNAME loop1.example."}, nil},
		{"wildcard", "any.thing.wild.example.", dns.TypeA, 0, true, []string{"any.thing.wild.example. 30 IN A 192.0.2.4"}, nil},
		{"wildcard without the type", "x.wild.example.", dns.TypeTXT, 0, true, nil,
			[]string{"example. 60 IN SOA ns.example. host.example. 1 7200 1800 86400 60"}},
		{"referral", "x.sub.example.", dns.TypeA, 0, false, nil, []string{"sub.example. 30 IN NS ns.sub.example."}},
		{"DNAME", "a.dname.example.", dns.TypeA, dns.RcodeNameError, true,
			[]string{"dname.example. 30 IN DNAME www.example.", "a.dname.example. 30 IN CNAME a.www.example."},
			[]string{"example. 60 IN SOA ns.example. host.example. 1 7200 1800 86400 60"}},
		{"zone inside a zone", "x.inner.example.", dns.TypeA, 0, true, []string{"x.inner.example. 30 IN A 192.0.2.5"}, nil},
		{"its negative TTL", "y.inner.example.", dns.TypeA, dns.RcodeNameError, true, nil,
			[]string{"inner.example. 10 IN SOA ns.example. host.example. 1 7200 1800 86400 10"}},
		{"not ours", "www.elsewhere.", dns.TypeA, dns.RcodeRefused, false, nil, nil},
		{"held, but in no zone", "nodata.outside.", dns.TypeA, dns.RcodeRefused, false, nil, nil},
		{"ANY", "www.example.", dns.TypeANY, 0, true, []string{`www.example. 3600 IN HINFO "RFC8482" ""`}, nil},
		{"transfer", "example.", dns.TypeAXFR, dns.RcodeRefused, false, nil, nil},
	}
	l := newLab(t, Config{})
	l.load(exampleZone)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := l.query(tt.qname, tt.qtype)
			if m.Rcode != tt.rcode || m.Authoritative != tt.aa || !m.Response {
				t.Errorf("rcode %d, aa %v; want %d, %v", m.Rcode, m.Authoritative, tt.rcode, tt.aa)
			}
			if m.Question[0].Name != tt.qname {
				t.Errorf("question is %q", m.Question[0].Name)
			}
			if got := lines(m.Answer); fmt.Sprint(got) != fmt.Sprint(tt.answer) {
				t.Errorf("answer %q, want %q", got, tt.answer)
			}
			if got := lines(m.Ns); fmt.Sprint(got) != fmt.Sprint(tt.authority) {
				t.Errorf("authority %q, want %q", got, tt.authority)
			}
		})
	}
}

func TestChainOverSeveralNames(t *testing.T) {
	l := newLab(t, Config{})
	l.load(exampleZone)
	m := l.query("chain1.example.", dns.TypeA)
	got := lines(m.Answer)
	if len(got) != 5 || got[0] != "chain1.example. 30 IN CNAME chain2.example." || !strings.HasPrefix(got[3], "two.example. 30 IN A") {
		t.Errorf("got %q", got)
	}
}

// TestLongChainEnds verifies that a chain longer than we follow is cut, not
// refused.
func TestLongChainEnds(t *testing.T) {
	zone := exampleZone
	for i := range 30 {
		zone += fmt.Sprintf("c%d.example. 30 IN CNAME c%d.example.\n", i, i+1)
	}
	l := newLab(t, Config{})
	l.load(zone)
	if m := l.query("c0.example.", dns.TypeA); m.Rcode != 0 || len(m.Answer) != maxHops {
		t.Errorf("rcode %d, %d answers; want 0 and %d", m.Rcode, len(m.Answer), maxHops)
	}
}

func TestWithoutSnapshot(t *testing.T) {
	l := newLab(t, Config{})
	if m := l.query("www.example.", dns.TypeA); m.Rcode != dns.RcodeServerFailure {
		t.Errorf("rcode %d before the first synchronisation, want SERVFAIL", m.Rcode)
	}
}

func TestReferralHasGlue(t *testing.T) {
	l := newLab(t, Config{})
	l.load(exampleZone)
	m := l.query("x.sub.example.", dns.TypeA)
	if got := lines(m.Extra); fmt.Sprint(got) != "[ns.sub.example. 30 IN A 192.0.2.54]" {
		t.Errorf("additional %q", got)
	}
}
