package engine

import (
	"fmt"
	"testing"

	"github.com/miekg/dns"
)

// BenchmarkKinds answers batches of one kind of query each.
func BenchmarkKinds(b *testing.B) {
	zone := exampleZone
	for i := range 100 {
		zone += fmt.Sprintf("hundred.example. 30 IN A 10.0.0.%d\n", i)
	}
	zone += "cut. 60 IN SOA ns.cut. host.cut. 1 2 3 4 5\nteam.cut. 60 IN NS ns1.team.cut.\nteam.cut. 60 IN NS ns2.team.cut.\n" +
		"beside.cut. 60 IN A 192.0.2.1\na.b.c.cut. 60 IN A 192.0.2.1\n" +
		"ns1.team.cut. 60 IN A 192.0.2.1\nns2.team.cut. 60 IN A 192.0.2.2\n" +
		"deep. 60 IN SOA ns.deep. host.deep. 1 2 3 4 5\nteam.deep. 60 IN NS ns.team.deep.\nteam.e.deep. 60 IN NS ns.team.deep.\n" +
		"team.d.e.deep. 60 IN NS ns.team.deep.\nteam.c.d.e.deep. 60 IN NS ns.team.deep.\nns.team.deep. 60 IN A 192.0.2.1\n" +
		"a.b.c.d.e.deep. 60 IN A 192.0.2.1\n" +
		"svc.local. 60 IN SOA ns.dns.svc.local. hostmaster.svc.local. 1 7200 1800 86400 30\n" +
		"app-00000001.space-001.svc.local. 60 IN A 192.0.2.1\n*.wild.svc.local. 60 IN A 192.0.2.1\n" +
		"chain-00001.step-0.svc.local. 60 IN CNAME chain-00001.step-1.svc.local.\n" +
		"chain-00001.step-1.svc.local. 60 IN CNAME chain-00001.step-2.svc.local.\n" +
		"chain-00001.step-2.svc.local. 60 IN CNAME app-00000001.space-001.svc.local.\n"
	for _, kind := range []struct {
		name, qname string
		qtype       uint16
		edns        bool
	}{
		{"edns", "app-00000001.space-001.svc.local.", dns.TypeA, true},
		{"a", "app-00000001.space-001.svc.local.", dns.TypeA, false},
		{"nodata", "app-00000001.space-001.svc.local.", dns.TypeAAAA, false},
		{"nxdomain", "noapp-00000001.space-001.svc.local.", dns.TypeA, false},
		{"wildcard", "host-00000001.wild.svc.local.", dns.TypeA, false},
		{"chain", "chain-00001.step-0.svc.local.", dns.TypeA, false},
		{"referral", "www.team.cut.", dns.TypeA, false},
		{"besidecut", "beside.cut.", dns.TypeA, false},
		{"deeperthancut", "a.b.c.cut.", dns.TypeA, false},
		{"deeperthancuts", "a.b.c.d.e.deep.", dns.TypeA, false},
		{"nodatabelowcuts", "a.b.c.d.e.deep.", dns.TypeAAAA, false},
		{"nxdomainbelowcuts", "x.b.c.d.e.deep.", dns.TypeA, false},
		{"lowreferral", "www.team.c.d.e.deep.", dns.TypeA, false},
		{"any", "app-00000001.space-001.svc.local.", dns.TypeANY, false},
		{"hundred", "hundred.example.", dns.TypeA, false},
		{"mx", "mx.example.", dns.TypeMX, false},
	} {
		b.Run(kind.name, func(b *testing.B) {
			l := newLab(b, Config{})
			l.load(zone)
			l.batch.Stream = true
			m := new(dns.Msg)
			m.SetQuestion(kind.qname, kind.qtype)
			if kind.edns {
				m.SetEdns0(1232, false)
			}
			query, _ := m.Pack()
			var bufs [BatchSize][2048]byte
			l.batch.N = BatchSize
			b.ReportAllocs()
			b.ResetTimer()
			for n := 0; n < b.N; n += BatchSize {
				for i := range BatchSize {
					l.batch.Msg[i] = bufs[i][:copy(bufs[i][:], query)]
				}
				l.engine.Answer(l.slot.Enter(), l.batch)
			}
		})
	}
}
