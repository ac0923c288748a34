package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// zoneText makes a master file of lines, in which D. stands for the domain.
func (f *fixture) zoneText(lines ...string) string {
	return strings.ReplaceAll(strings.Join(lines, "\n")+"\n", "D.", f.domain)
}

// importZone posts a master file, with a query of its own.
func (f *fixture) importZone(query, text string) (int, string) {
	f.Helper()
	code, reply := f.send("POST", "/skydns/api?token="+token+query, text, http.Header{"Content-Type": {"text/dns; charset=utf-8"}})
	return code, f.short(reply)
}

func (f *fixture) exportZone(zone string) string {
	f.Helper()
	code, reply := f.do("GET", "/skydns/api?zone="+zone, "")
	if code != 200 {
		f.Fatalf("export of %s: %d %s", zone, code, reply)
	}
	return f.short(reply)
}

// wholeZone has a record of each kind that is stored in a way of its own.
func (f *fixture) wholeZone() string {
	return f.zoneText(
		"$ORIGIN D.", "$TTL 300",
		"@ SOA ns1 host ( 7 ; serial", " 7200 1800 86400 60 )",
		" NS ns1", "ns1 0 A 192.0.2.1", "\tAAAA 2001:db8::1",
		"www CNAME ns1", "mail MX 10 ns1", "_x._tcp SRV 1 2 80 ns1",
		`text TXT "one" "t w\"o"`, `plain TXT plain`, `raw TXT "\255"`,
		`caa CAA 0 issue "ca.example"`, `odd TYPE65280 \# 3 010203`, `a\.b A 192.0.2.2`, `a/b A 192.0.2.3`,
		"sub NS ns.sub", "ns.sub A 192.0.2.4", "d DNAME other.example.", "*.wild PTR ns1")
}

func TestImportExport(t *testing.T) {
	f := newFixture(t)
	if code, text := f.importZone("", f.wholeZone()); code != 200 || text != "OK" {
		t.Fatalf("import: %d %s", code, text)
	}
	want := strings.TrimSpace(strings.ReplaceAll(`$ORIGIN D.
D.	300	IN	SOA	ns1.D. host.D. 7 7200 1800 86400 60
D.	300	IN	NS	ns1.D.
_x._tcp.D.	300	IN	SRV	1 2 80 ns1.D.
a\.b.D.	300	IN	A	192.0.2.2
a/b.D.	300	IN	A	192.0.2.3
caa.D.	300	IN	CAA	0 issue "ca.example"
d.D.	300	IN	DNAME	other.example.
mail.D.	300	IN	MX	10 ns1.D.
ns1.D.	1	IN	A	192.0.2.1
ns1.D.	300	IN	AAAA	2001:db8::1
odd.D.	300	IN	TYPE65280	\# 3 010203
plain.D.	300	IN	TXT	"plain"
raw.D.	300	IN	TXT	"\255"
sub.D.	300	IN	NS	ns.sub.D.
ns.sub.D.	300	IN	A	192.0.2.4
text.D.	300	IN	TXT	"one" "t w\"o"
*.wild.D.	300	IN	PTR	ns1.D.
www.D.	300	IN	CNAME	ns1.D.
`, "\r", ""))
	got := f.exportZone(f.domain)
	if got != want {
		t.Errorf("export:\n%s\nwant\n%s", got, want)
	}
	again := newFixture(t)
	if code, text := again.importZone("", strings.ReplaceAll(got, "D.", again.domain)); code != 200 {
		t.Fatalf("import of an export: %d %s", code, text)
	}
	if second := again.exportZone(again.domain); second != got {
		t.Errorf("export of an imported export:\n%s\nwant\n%s", second, got)
	}
	if code, text := f.importZone("", f.wholeZone()); code != 200 || f.exportZone(f.domain) != want {
		t.Errorf("second import: %d %s\n%s", code, text, f.exportZone(f.domain))
	}
	if status := f.keys(f.monitor)["192.0.2.1"]; !strings.Contains(status, `"ns1.D."`) {
		t.Errorf("status of an imported address: %s", status)
	}
}

// TestImportMerges verifies what an import leaves of what was there.
func TestImportMerges(t *testing.T) {
	f := newFixture(t)
	f.ok("POST", "www", `{"type":"A","ips":["192.0.2.9"]}`)
	f.ok("POST", "www", `{"type":"TXT","text":"stays"}`)
	f.ok("POST", "other", `{"type":"A","ips":["192.0.2.8"]}`)
	f.ok("POST", "x.second."+f.domain, `{"type":"A","ips":["192.0.2.7"]}`)
	zone := f.zoneText("D. 60 SOA ns.D. host.D. 1 2 3 4 5", "D. 60 NS ns.D.", "www.D. 60 A 192.0.2.1")
	apex := "$ORIGIN D.\nD.\t60\tIN\tSOA\tns.D. host.D. 1 2 3 4 5\nD.\t60\tIN\tNS\tns.D.\n"
	www := "www.D.\t60\tIN\tA\t192.0.2.1"
	for _, step := range []struct{ query, want string }{
		{"", apex + "other.D.\t30\tIN\tA\t192.0.2.8\n" + www + "\nwww.D.\t30\tIN\tTXT\t\"stays\""},
		{"&replace=true", apex + www},
	} {
		if code, text := f.importZone(step.query, zone); code != 200 {
			t.Fatalf("import%s: %d %s", step.query, code, text)
		}
		if got := f.exportZone(f.domain); got != step.want {
			t.Errorf("after import%s:\n%s\nwant\n%s", step.query, got, step.want)
		}
	}
	if got := f.exportZone("second." + f.domain); !strings.Contains(got, "x.second.D.\t30\tIN\tA\t192.0.2.7") || !strings.Contains(got, "SOA\tns.dns.second.D.") {
		t.Errorf("zone inside of the imported one:\n%s", got)
	}
}

// many is n lines, each with a record of another name.
func many(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "\nh%d.D. 60 A 192.0.2.1", i)
	}
	return b.String()
}

func TestImportRefused(t *testing.T) {
	f := newFixture(t)
	const top = "D. 60 SOA ns.D. host.D. 1 2 3 4 5\nD. 60 NS ns.D."
	f.ok("POST", "owned?user=ann", `{"type":"A","ips":["192.0.2.9"]}`)
	f.ok("POST", "taken", `{"type":"A","ips":["192.0.2.9"]}`)
	before := f.keys("/skydns/test/")
	cases := map[string]struct {
		lines, query string
		code         int
		text         string
	}{
		"no SOA":                {lines: "www.D. 60 A 192.0.2.1", code: 400, text: "ERR, the zone has no SOA record"},
		"bad address":           {lines: top + "\nwww.D. 60 A 192.0.2", code: 400, text: `ERR, line 3: bad A A: "192.0.2"`},
		"a CNAME beside data":   {lines: top + "\nwww.D. 60 A 192.0.2.1\nwww.D. 60 CNAME x.", code: 400, text: "ERR, line 4: www.D. CNAME: the name has A in line 3, which excludes it"},
		"outside of the zone":   {lines: top + "\nwww.other. 60 A 192.0.2.1", code: 400, text: "ERR, line 3: www.other. A: the name is outside of the zone D."},
		"a zone of others":      {lines: strings.ReplaceAll(top, "D.", "other."), code: 404, text: "ERR, other. is in no domain of ours"},
		"another user's name":   {lines: top + "\nowned.D. 60 A 192.0.2.1", query: "&user=bob", code: 403, text: "ERR, owned.D. belongs to user ann"},
		"another user's, whole": {lines: top, query: "&replace=true", code: 403, text: "ERR, owned.D. belongs to user ann"},
		"beside what is there":  {lines: top + "\ntaken.D. 60 CNAME x.", code: 409, text: "ERR, taken.D. cannot be an alias and have other records: remove these first"},
		"names of services":     {lines: top + "\nx.svc.D. 60 A 192.0.2.1", code: 403, text: "ERR, line 3: x.svc.D.: can not ops k8s svc"},
		"too many records":      {lines: top + many(9_999), code: 413, text: "ERR, line 10001: too many records: at most 10000 are taken"},
		"not a zone":            {lines: `{"type":"A"}`, code: 400, text: `ERR, line 1: `},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			code, text := f.importZone(c.query, f.zoneText(c.lines))
			if code != c.code || !strings.HasPrefix(text, c.text) || strings.Contains(text, "\n") {
				t.Errorf("%d %s\nwant %d %s", code, text, c.code, c.text)
			}
			after := f.keys("/skydns/test/")
			for key := range after {
				if before[key] != after[key] {
					t.Errorf("%s is %q now", key, after[key])
				}
			}
		})
	}
}

func TestExportRefused(t *testing.T) {
	f := newFixture(t)
	for zone, want := range map[string]int{"www." + f.domain: 404, "other.": 404, "a..b": 400} {
		if code, text := f.do("GET", "/skydns/api?zone="+zone, ""); code != want {
			t.Errorf("export of %s: %d %s, want %d", zone, code, text, want)
		}
	}
}
