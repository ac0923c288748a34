package engine

import (
	"testing"

	"github.com/miekg/dns"
)

// TestBesideCuts verifies that names beside cuts and DNAMEs are answered for
// without a look at them, and no name at or below one is.
func TestBesideCuts(t *testing.T) {
	l := newLab(t, Config{})
	l.load(`
z. 60 IN SOA ns.z. host.z. 1 2 3 4 5
beside.z. 60 IN A 192.0.2.1
cut.z. 60 IN NS ns.elsewhere.
cut.z. 60 IN A 192.0.2.2
x.cut.z. 60 IN A 192.0.2.3
x.beside.z. 60 IN A 192.0.2.4
y. 60 IN SOA ns.y. host.y. 1 2 3 4 5
d.y. 60 IN DNAME z.
d.y. 60 IN A 192.0.2.5
beside.d.y. 60 IN A 192.0.2.6
e.y. 60 IN A 192.0.2.7
w. 60 IN SOA ns.w. host.w. 1 2 3 4 5
w. 60 IN DNAME z.
w. 60 IN A 192.0.2.8
beside.w. 60 IN A 192.0.2.9
`)
	a := func(name, addr string) []string { return []string{name + " 60 IN A 192.0.2." + addr} }
	l.checkExamples(t, []example{
		{"beside a cut", "beside.z.", dns.TypeA, 0, a("beside.z.", "1"), nil},
		{"below a name beside", "x.beside.z.", dns.TypeA, 0, a("x.beside.z.", "4"), nil},
		{"at the cut", "cut.z.", dns.TypeA, 0, nil, []string{"cut.z. NS"}},
		{"below the cut", "x.cut.z.", dns.TypeA, 0, nil, []string{"cut.z. NS"}},
		{"at a DNAME", "d.y.", dns.TypeA, 0, a("d.y.", "5"), nil},
		{"beside a DNAME", "e.y.", dns.TypeA, 0, a("e.y.", "7"), nil},
		{"below a DNAME", "beside.d.y.", dns.TypeA, 0,
			append([]string{"d.y. 60 IN DNAME z.", "beside.d.y. 60 IN CNAME beside.z."}, a("beside.z.", "1")...), nil},
		{"at an apex with a DNAME", "w.", dns.TypeA, 0, a("w.", "8"), nil},
		{"below an apex with a DNAME", "beside.w.", dns.TypeA, 0,
			append([]string{"w. 60 IN DNAME z.", "beside.w. 60 IN CNAME beside.z."}, a("beside.z.", "1")...), nil},
	})
}
