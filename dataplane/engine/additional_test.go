package engine

import (
	"fmt"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

const additionalZone = `
example. 60 IN SOA ns.example. host.example. 1 7200 1800 86400 60
example. 60 IN NS ns.example.
ns.example. 60 IN A 192.0.2.53
mx.example. 60 IN MX 10 ns.sub.example.
mx.example. 60 IN MX 20 any.wild.example.
*.wild.example. 60 IN A 192.0.2.4
sub.example. 60 IN NS ns.sub.example.
ns.sub.example. 60 IN A 192.0.2.54
twice.example. 60 IN DNAME example.
`

// TestAdditional verifies which addresses are given besides. NSD and Knot
// agree with each case.
func TestAdditional(t *testing.T) {
	l := newLab(t, Config{Full: true})
	l.load(additionalZone)
	tests := []struct {
		name, qname string
		qtype       uint16
		want        string
	}{
		{"glue in a referral", "x.sub.example.", dns.TypeMX, "[ns.sub.example. 60 IN A 192.0.2.54]"},
		{"no glue but there, and what a wildcard covers", "mx.example.", dns.TypeMX,
			"[any.wild.example. 60 IN A 192.0.2.4 ns.example. 60 IN A 192.0.2.53]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := fmt.Sprint(lines(l.query(tt.qname, tt.qtype).Extra)); got != tt.want {
				t.Errorf("additional %s, want %s", got, tt.want)
			}
		})
	}
}

// TestReferralHasGlueOfInnerZone verifies that a referral has the addresses of
// servers in a zone of ours inside the one that refers (RFC 9471 sections 3.1 and
// 3.2), and none of those beside or above it.
func TestReferralHasGlueOfInnerZone(t *testing.T) {
	const soa = " 60 IN SOA ns.example. host.example. 1 7200 1800 86400 60\n"
	l := newLab(t, Config{})
	l.load("example." + soa + "ns.example. 60 IN A 192.0.2.1\nsub.example. 60 IN NS ns.inner.example.\n" +
		"deep.example. 60 IN NS ns.inner.deep.example.\nbeside.example. 60 IN NS ns.other.\n" +
		"inner.example." + soa + "ns.inner.example. 60 IN A 192.0.2.2\nsub.inner.example. 60 IN NS ns.example.\n" +
		"inner.deep.example." + soa + "ns.inner.deep.example. 60 IN A 192.0.2.3\n" +
		"other." + soa + "ns.other. 60 IN A 192.0.2.4\n")
	for qname, want := range map[string]string{
		"x.sub.example.":       "[ns.inner.example. 60 IN A 192.0.2.2]",
		"x.deep.example.":      "[ns.inner.deep.example. 60 IN A 192.0.2.3]",
		"x.beside.example.":    "[]",
		"x.sub.inner.example.": "[]",
	} {
		m := l.query(qname, dns.TypeA)
		if got := fmt.Sprint(lines(m.Extra)); got != want || m.Authoritative || len(m.Ns) != 1 {
			t.Errorf("%s: additional %s, want %s in a referral: %v", qname, got, want, m)
		}
	}
}

// TestDNAMEAnswers verifies where a chain that a DNAME begins ends.
func TestDNAMEAnswers(t *testing.T) {
	l := newLab(t, Config{})
	l.load(additionalZone)
	tests := []struct {
		name, qname string
		qtype       uint16
		want        string
	}{
		{"the CNAME made answers its type", "mx.twice.example.", dns.TypeCNAME,
			"[twice.example. 60 IN DNAME example. mx.twice.example. 60 IN CNAME mx.example.]"},
		{"the DNAME that was passed is there once", "twice.twice.example.", dns.TypeDNAME,
			"[twice.example. 60 IN DNAME example. twice.twice.example. 60 IN CNAME twice.example.]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := fmt.Sprint(lines(l.query(tt.qname, tt.qtype).Answer)); got != tt.want {
				t.Errorf("answer %s, want %s", got, tt.want)
			}
		})
	}
}

// TestGlueOfManyServers verifies that a referral has all the glue that there is
// below the cut, or TC (RFC 9471 section 3.1).
func TestGlueOfManyServers(t *testing.T) {
	const servers = 400
	l := newLab(t, Config{})
	var zone strings.Builder
	zone.WriteString("example. 60 IN SOA ns.example. host.example. 1 2 3 4 5\n")
	for i := range servers {
		fmt.Fprintf(&zone, "sub.example. 60 IN NS n%d.sub.example.\nn%[1]d.sub.example. 60 IN A 192.0.2.1\nn%[1]d.sub.example. 60 IN AAAA ::1\n", i)
	}
	l.load(zone.String())
	l.batch.Stream = true
	query := new(dns.Msg).SetQuestion("x.sub.example.", dns.TypeA)
	if m := l.exchange(query, 65535); m.Truncated || len(m.Ns) != servers || len(m.Extra) != 2*servers {
		t.Errorf("TC %v, %d NS, %d addresses; want false, %d, %d", m.Truncated, len(m.Ns), len(m.Extra), servers, 2*servers)
	}
	for _, room := range []int{8000, 12000, 20000} {
		if m := l.exchange(query, room); !m.Truncated {
			t.Errorf("TC %v in %d octets, with %d addresses", m.Truncated, room, len(m.Extra))
		}
	}
}

// TestRRsetsAreThereOnce verifies that no RRset repeats where its owner has no
// place that a pointer reaches: at the root, and behind 16,383 octets.
func TestRRsetsAreThereOnce(t *testing.T) {
	l := newLab(t, Config{Full: true})
	var far strings.Builder
	far.WriteString("far. 60 IN SOA ns. host. 1 2 3 4 5\nfar. 60 IN NS ns.\n")
	for i := range maxHosts - 2 {
		fmt.Fprintf(&far, "far. 60 IN MX 1 %057d.%063[1]d.%063[1]d.%063[1]d.far.\n", i)
	}
	far.WriteString("far. 60 IN MX 2 target.far.\nfar. 60 IN MX 3 target.far.\ntarget.far. 60 IN A 192.0.2.1\n")
	l.load(`
. 60 IN SOA ns. host. 1 2 3 4 5
. 60 IN NS .
. 60 IN NS ns.
. 60 IN A 192.0.2.1
. 60 IN DNAME foo.
ns. 60 IN A 192.0.2.2
` + far.String())
	l.batch.Stream = true
	for _, q := range []dns.Question{
		{Name: "foo.bar.", Qtype: dns.TypeTXT}, {Name: ".", Qtype: dns.TypeNS}, {Name: ".", Qtype: dns.TypeA},
		{Name: ".", Qtype: dns.TypeDNAME}, {Name: "far.", Qtype: dns.TypeMX},
	} {
		m := l.exchange(new(dns.Msg).SetQuestion(q.Name, q.Qtype), 65535)
		if len(m.Answer) == 0 {
			t.Errorf("%s %s: no answer", q.Name, dns.TypeToString[q.Qtype])
		}
		seen := map[string]bool{}
		for _, line := range append(append(lines(m.Answer), lines(m.Ns)...), lines(m.Extra)...) {
			if seen[line] {
				t.Errorf("%s %s: %q twice", q.Name, dns.TypeToString[q.Qtype], line)
			}
			seen[line] = true
		}
	}
}
