package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/tools/lab"
)

const zoneFile = `$TTL 300
@        SOA   ns1 hostmaster ( 2026 7200 1800 86400 60 )
         NS    ns1
ns1      A     192.0.2.1
www      CNAME host
host     A     192.0.2.10
@        MX    10 host
*.w      TXT   "any name"
sub      NS    ns.sub
ns.sub   A     192.0.2.53
old      DNAME new.example.
`

// TestZoneFile imports a zone, asks the node for what is in it, and exports
// it; what is wrong in a file changes nothing.
func TestZoneFile(t *testing.T) {
	n := lab.StartNode(t, "", "")
	a := testAsker(t, n.DNS)
	file := filepath.Join(t.TempDir(), "zone")
	load := func(text, flags string) string {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return shell(t, n, "skydns-apicmd "+flags+" -import "+file+" 2>&1 || true")
	}
	if got := load(zoneFile, ""); got != "OK" {
		t.Fatal(got)
	}
	waitFor(t, a, "www.skydns.local.", "192.0.2.10")
	for _, c := range []struct {
		name  string
		qtype uint16
		want  string // a record of the reply
	}{
		{"skydns.local.", dns.TypeSOA, "skydns.local. 300 IN SOA ns1.skydns.local. hostmaster.skydns.local. 2026 7200 1800 86400 60"},
		{"skydns.local.", dns.TypeMX, "skydns.local. 300 IN MX 10 host.skydns.local."},
		{"none.skydns.local.", dns.TypeA, "skydns.local. 60 IN SOA ns1.skydns.local. hostmaster.skydns.local. 2026 7200 1800 86400 60"},
		{"x.y.w.skydns.local.", dns.TypeTXT, `x.y.w.skydns.local. 300 IN TXT "any name"`},
		{"x.sub.skydns.local.", dns.TypeA, "sub.skydns.local. 300 IN NS ns.sub.skydns.local."},
		{"x.sub.skydns.local.", dns.TypeA, "ns.sub.skydns.local. 300 IN A 192.0.2.53"},
		{"x.old.skydns.local.", dns.TypeA, "x.old.skydns.local. 300 IN CNAME x.new.example."},
	} {
		reply, err := a.ask(c.name, c.qtype)
		if err != nil {
			t.Fatal(err)
		}
		has := slices.ContainsFunc(slices.Concat(reply.Answer, reply.Ns, reply.Extra), func(rr dns.RR) bool {
			return strings.Join(strings.Fields(rr.String()), " ") == c.want
		})
		if !has {
			t.Errorf("%s %s: no %s in\n%v", c.name, dns.TypeToString[c.qtype], c.want, reply)
		}
	}
	if got := shell(t, n, "skydns-answer -snapshot "+n.Snapshot+" -q www.skydns.local"); !strings.Contains(got, "host.skydns.local. 300 IN A 192.0.2.10") {
		t.Errorf("skydns-answer on the snapshot of the node:\n%s", got)
	}
	exported := shell(t, n, "skydns-apicmd -export skydns.local")
	if got := load(zoneFile+"host CNAME www\n", ""); !strings.HasSuffix(got, "ERR, line 12: host.skydns.local. CNAME: the name has A in line 6, which excludes it") {
		t.Errorf("a wrong file: %s", got)
	}
	if got := shell(t, n, "skydns-apicmd -export skydns.local"); got != exported {
		t.Errorf("a wrong file changed\n%s\nto\n%s", exported, got)
	}
	if got := load(strings.Replace(zoneFile, "www      CNAME host\n", "other A 192.0.2.11\n", 1), "-replace"); got != "OK" {
		t.Fatal(got)
	}
	waitFor(t, a, "other.skydns.local.", "192.0.2.11")
	if reply, err := a.ask("www.skydns.local.", dns.TypeA); err != nil || reply.Rcode != dns.RcodeNameError {
		t.Errorf("what the new file does not have: %v %v", reply, err)
	}
}
