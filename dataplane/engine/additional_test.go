package engine

import (
	"fmt"
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
