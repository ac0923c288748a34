package engine

import (
	"fmt"
	"testing"

	"github.com/miekg/dns"
)

// TestCompressionIsComplete verifies that replies are no longer than those in
// which every name that may be is compressed as far as it can be, by pointers
// to other such names.
func TestCompressionIsComplete(t *testing.T) {
	zone := exampleZone
	for i := range 300 {
		zone += fmt.Sprintf("mail.example. 30 IN MX %d mx%d.site-%d.mail.example.\n", i, i, i/3)
		zone += fmt.Sprintf("servers.example. 30 IN NS NS%d.servers.Example.\n", i)
	}
	l := newLab(t, Config{})
	l.load(zone)
	l.batch.Stream = true
	for _, tt := range []struct {
		qname string
		qtype uint16
	}{
		{"mail.example.", dns.TypeMX}, {"x.servers.example.", dns.TypeA}, {"example.", dns.TypeSOA}, {"none.example.", dns.TypeA},
		{"chain1.example.", dns.TypeA}, {"loop1.example.", dns.TypeA}, {"dangling.example.", dns.TypeA}, {"x.sub.example.", dns.TypeA},
		{"1.2.0.192.example.", dns.TypePTR}, {"_http._tcp.example.", dns.TypeSRV},
	} {
		m := l.query(tt.qname, tt.qtype)
		got := len(l.batch.Msg[0])
		m.Compress = true
		want, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		if got > len(want) {
			t.Errorf("%s %s: %d octets, could be %d", tt.qname, dns.TypeToString[tt.qtype], got, len(want))
		}
	}
}
