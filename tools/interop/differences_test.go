package interop

import (
	"testing"

	"github.com/miekg/dns"
)

// TestDifferences lists where we do not answer as CoreDNS's etcd plugin does,
// and why. A difference that is gone fails the test too.
func TestDifferences(t *testing.T) {
	const at = "/skydns/local/skydns/"
	p := newPair(t)
	for _, c := range []struct {
		why          string
		keys         map[string]string
		name         string // in the zone
		qtype        uint16
		ours, theirs string
	}{
		{"a CNAME stands alone (RFC 1034 section 3.6.2): beside an address it gives way",
			map[string]string{at + "a/x1": `{"host":"10.0.0.1"}`, at + "a/x2": `{"host":"in.a.example.net"}`, at + "t": `{"host":"10.0.0.9"}`, at + "a/x3": `{"host":"t.skydns.local"}`},
			"a", dns.TypeA, "NOERROR a.skydns.local. a 10.0.0.1",
			"NOERROR a.skydns.local. a 10.0.0.1 | a.skydns.local. cname t.skydns.local. | t.skydns.local. a 10.0.0.9"},
		{"of several CNAMEs at one name the first counts",
			map[string]string{at + "b/x1": `{"host":"b1.skydns.local"}`, at + "b/x2": `{"host":"b2.skydns.local"}`,
				at + "b1": `{"host":"10.0.0.1"}`, at + "b2": `{"host":"10.0.0.2"}`},
			"b", dns.TypeA, "NOERROR b.skydns.local. cname b1.skydns.local. | b1.skydns.local. a 10.0.0.1",
			"NOERROR b.skydns.local. cname b1.skydns.local. | b.skydns.local. cname b2.skydns.local. | b1.skydns.local. a 10.0.0.1 | b2.skydns.local. a 10.0.0.2"},
		{"an alias is told although its target has no address (RFC 1034 section 4.3.2)",
			map[string]string{at + "c": `{"host":"nothing.skydns.local"}`},
			"c", dns.TypeA, "NXDOMAIN c.skydns.local. cname nothing.skydns.local.", "NOERROR "},
		{"a name with a port is a service and not an alias besides",
			map[string]string{at + "d/x": `{"host":"d1.skydns.local","port":80}`, at + "d1": `{"host":"10.0.0.1"}`},
			"d", dns.TypeA, "NOERROR ", "NOERROR d.skydns.local. cname d1.skydns.local. | d1.skydns.local. a 10.0.0.1"},
		{"a host without a port is no service (RFC 2782): nobody can connect to port 0",
			map[string]string{at + "e/x": `{"host":"10.0.0.1"}`},
			"e", dns.TypeSRV, "NOERROR ", "NOERROR e.skydns.local. srv 10 100 0 x.e.skydns.local."},
		{"a key beside keys below it counts as well: what is stored is served",
			map[string]string{at + "f": `{"host":"10.0.0.1"}`, at + "f/x": `{"host":"10.0.0.2"}`},
			"f", dns.TypeA, "NOERROR f.skydns.local. a 10.0.0.1 | f.skydns.local. a 10.0.0.2", "NOERROR f.skydns.local. a 10.0.0.2"},
		{"a value that is not understood does not take the others with it",
			map[string]string{at + "g/x1": `{"host":"10.0.0.1"}`, at + "g/x2": `{"host":`},
			"g", dns.TypeA, "NOERROR g.skydns.local. a 10.0.0.1", "error: /skydns/local/skydns/g/x2: unexpected end of JSON input "},
		{"names are the same in capitals (RFC 4343)",
			map[string]string{at + "H/x": `{"host":"10.0.0.1"}`},
			"h", dns.TypeA, "NOERROR h.skydns.local. a 10.0.0.1", "NXDOMAIN "},
		{"a name with other types exists (RFC 2308 section 2.2)",
			map[string]string{at + "i/x": `{"host":"10.0.0.1"}`},
			"i", dns.TypeCNAME, "NOERROR ", "NXDOMAIN "},
		{"a star that is stored is a wildcard (RFC 4592)",
			map[string]string{at + "j/*/x": `{"host":"10.0.0.1"}`},
			"any.thing.j", dns.TypeA, "NOERROR any.thing.j.skydns.local. a 10.0.0.1", "NXDOMAIN "},
		{"a star that is asked for is a label like others (RFC 4592 section 2.2)",
			map[string]string{at + "k/p/x": `{"host":"10.0.0.1"}`},
			"x.*.k", dns.TypeA, "NXDOMAIN ", "NOERROR x.*.k.skydns.local. a 10.0.0.1"},
		{"a record that states its type counts for its name alone",
			map[string]string{at + "l/m/rr-0000000000001": `{"type":"A","host":"10.0.0.1"}`},
			"l", dns.TypeA, "NOERROR ", "NOERROR l.skydns.local. a 10.0.0.1"},
		{"a target counts once for each port and priority (RFC 2181 section 5)",
			map[string]string{at + "n/x1": `{"host":"t.example.net","port":80,"weight":10}`, at + "n/x2": `{"host":"t.example.net","port":80,"weight":30}`},
			"n", dns.TypeSRV, "NOERROR n.skydns.local. srv 10 25 80 t.example.net.",
			"NOERROR n.skydns.local. srv 10 25 80 t.example.net. | n.skydns.local. srv 10 75 80 t.example.net."},
	} {
		t.Run(c.why, func(t *testing.T) {
			p.T = t
			p.put(c.keys)
			ours, err := p.ours.ask(c.name+"."+zone, c.qtype)
			if err != nil {
				t.Fatal(err)
			}
			if got := ours.String(); got != c.ours {
				t.Errorf("ours   %q\nwant   %q", got, c.ours)
			}
			if got := p.theirs.ask(t, c.name+"."+zone, c.qtype).String(); got != c.theirs {
				t.Errorf("theirs %q\nwant   %q", got, c.theirs)
			}
		})
	}
}
