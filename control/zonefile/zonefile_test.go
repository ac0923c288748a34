package zonefile

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

const top = "$TTL 60\nz. SOA ns host 1 2 3 4 5\nz. NS ns.z.\n"

// written is a zone as Write writes it.
func written(t testing.TB, z *Zone) string {
	t.Helper()
	var rrs []record.RR
	for _, r := range z.Records {
		rrs = append(rrs, r.RR)
	}
	var b strings.Builder
	if err := Write(&b, z.Apex, rrs); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// types are records of types that are read and written by their text.
var types = []string{
	"HINFO \"a\" \"b\"", "MINFO a. b.", "RP a. b.", "AFSDB 1 a.", "RT 1 a.", "PX 1 a. b.",
	"LOC 42 21 54.000 N 71 06 18.000 W -24m 30m 10000m 10m", `NAPTR 1 2 "u" "E2U" "!^.*$!x!" .`, "KX 1 a.",
	"CERT PKIX 2 RSASHA256 AQID", `APL 1:192.0.2.0/24 !2:2001:db8::/32`, "DS 1 8 2 " + strings.Repeat("AB", 32),
	"SSHFP 1 1 " + strings.Repeat("AB", 20), "RRSIG A 8 2 60 20300101000000 20200101000000 1 z. AQID",
	"NSEC a.z. A RRSIG", "DNSKEY 257 3 8 AQID", "DHCID AQID", "NSEC3PARAM 1 0 1 AB", "TLSA 3 1 1 " + strings.Repeat("ab", 32),
	"SMIMEA 3 1 1 " + strings.Repeat("ab", 32), "CDS 1 8 2 " + strings.Repeat("AB", 32), "CDNSKEY 257 3 8 AQID", "OPENPGPKEY AQID",
	"CSYNC 1 3 A NS", "ZONEMD 1 1 1 " + strings.Repeat("ab", 48), `SVCB 1 a. alpn="h2,h3" port="853"`, `HTTPS 1 . ipv4hint="192.0.2.1"`,
	`SPF "v=spf1 -all"`, "NID 10 0014:4fff:ff20:ee64", "L32 10 10.1.2.0", "L64 10 2001:0DB8:1140:1000", "LP 10 a.",
	"EUI48 00-00-5e-00-53-2a", "EUI64 00-00-5e-ef-10-00-00-2a", `URI 10 1 "ftp://a/"`, `CAA 0 issue "a"`, "GPOS -32.6882 116.8652 10.0",
}

// typed are types as Write writes them.
func typed() []string {
	var list []string
	for _, t := range types {
		list = append(list, "x.z. 60 IN "+t)
	}
	return list
}

func TestRead(t *testing.T) {
	cases := map[string]struct {
		origin, text string
		want         []string // behind the SOA and the NS
	}{
		"relative names":            {"z.", "$TTL 5\n@ SOA ns.z. host 1 2 3 4 5\n NS ns.z.\nwww A 192.0.2.1\n", []string{"www.z. 5 IN A 192.0.2.1"}},
		"relative to $ORIGIN":       {"", top + "$ORIGIN y.z.\nwww A 192.0.2.1\n", []string{"www.y.z. 60 IN A 192.0.2.1"}},
		"several lines":             {"", top + "x.z. TXT ( \"a;b\" ; one\n \"c\" )\n", []string{`x.z. 60 IN TXT "a;b" "c"`}},
		"escapes":                   {"", top + `a\.b\032.z. TXT "\"\200"` + "\n", []string{`a\.b\032.z. 60 IN TXT "\"\200"`}},
		"no line end":               {"", top + "x.z. A 192.0.2.1", []string{"x.z. 60 IN A 192.0.2.1"}},
		"line ends of Windows":      {"", strings.ReplaceAll(top+"x.z. A 192.0.2.1\n", "\n", "\r\n"), []string{"x.z. 60 IN A 192.0.2.1"}},
		"capitals":                  {"", top + "X.Z. a 192.0.2.1\n", []string{"x.z. 60 IN A 192.0.2.1"}},
		"a record twice":            {"", top + "x.z. A 192.0.2.1\nx.z. 5 A 192.0.2.1\n", []string{"x.z. 60 IN A 192.0.2.1"}},
		"a SOA in the generic form": {"", "$TTL 60\nz. TYPE6 \\# 32 026e73017a0004686f737400 00000001000000020000000300000004 00000005\nz. NS ns.z.\n", nil},
		"an unread type":            {"", top + "x.z. TYPE11 \\# 5 c000020106\n", []string{`x.z. 60 IN TYPE11 \# 5 c000020106`}},
		"names in two cases":        {"", top + "x.z. MX 1 y.Z.\nx.z. MX 1 Y.z.\n", []string{"x.z. 60 IN MX 1 y.Z."}},
		"an unknown type":           {"", top + `x.z. TYPE65281 \# 2 abcd` + "\n", []string{`x.z. 60 IN TYPE65281 \# 2 abcd`}},
		"DNAME at the apex":         {"", top + "z. DNAME y.\n", []string{"z. 60 IN DNAME y."}},
		"signatures beside a CNAME": {"", top + "x.z. CNAME y.\nx.z. NSEC y.z. CNAME\n", []string{"x.z. 60 IN CNAME y.", "x.z. 60 IN NSEC y.z. CNAME"}},
		"types":                     {"", top + "x.z. " + strings.Join(types, "\nx.z. ") + "\n", typed()},
		"data below a cut":          {"", top + "x.z. NS ns.x.z.\nns.x.z. A 192.0.2.1\nt.x.z. TXT t\n", []string{"x.z. 60 IN NS ns.x.z.", "ns.x.z. 60 IN A 192.0.2.1", `t.x.z. 60 IN TXT "t"`}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			z, err := Read(strings.NewReader(c.text), c.origin, 100)
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSpace(strings.ReplaceAll(written(t, z), "\t", " ")), "\n")
			got := slices.DeleteFunc(lines[1:], func(l string) bool { return strings.Contains(l, " SOA ") || strings.Contains(l, " NS ns.z.") })
			slices.Sort(got)
			slices.Sort(c.want)
			if string(z.Apex) != "\x01z\x00" || !slices.Equal(got, c.want) {
				t.Errorf("apex %s\n%q\nwant\n%q", wire.NameString(z.Apex), got, c.want)
			}
		})
	}
}

// many is n records.
func many(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "h%d.z. A 192.0.2.1\n", i)
	}
	return b.String()
}

// large is n records of one RRset, of a kilobyte each in a message.
func large(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "x.z. TXT ( \"%02d%s\"", i, strings.Repeat("x", 251))
		fmt.Fprintf(&b, "%s )\n", strings.Repeat(" \""+strings.Repeat("x", 251)+"\"", 3))
	}
	return b.String()
}

func TestReadRefuses(t *testing.T) {
	cases := map[string]struct{ text, want string }{
		"nothing":                       {"", "the zone has no SOA record"},
		"no SOA":                        {"x.z. 60 A 192.0.2.1\n", "the zone has no SOA record"},
		"no NS":                         {"z. 60 SOA ns. host. 1 2 3 4 5\n", "z. has no NS record"},
		"half a SOA":                    {"; z\n\nz. 60 SOA ns. host. 1 2 3", "line 3: SOA: want two names and five numbers"},
		"a second SOA":                  {top + "z. SOA ns. host. 2 2 3 4 5\n", "line 4: z. SOA: the name has one in line 2 already"},
		"a SOA below":                   {top + "\n\nx.z. SOA ns. host. 1 2 3 4 5\n", "line 6: x.z. SOA: the zone z. has a SOA in line 2 already"},
		"outside":                       {top + "x.y. A 192.0.2.1\n", "line 4: x.y. A: the name is outside of the zone z."},
		"CNAME behind A":                {top + "x.z. A 192.0.2.1\nx.z. CNAME y.\n", "line 5: x.z. CNAME: the name has A in line 4, which excludes it"},
		"A behind CNAME":                {top + "x.z. CNAME y.\n; a\nX.z. A 192.0.2.1\n", "line 6: x.z. A: the name has CNAME in line 4, which excludes it"},
		"NS behind CNAME":               {top + "x.z. CNAME y.\nx.z. NS y.\n", "line 5: x.z. NS: the name has CNAME in line 4, which excludes it"},
		"CNAME at the apex":             {top + "z. CNAME y.\n", "line 4: z. CNAME: the name has SOA in line 2, which excludes it"},
		"two CNAMEs":                    {top + "x.z. CNAME y.\nx.z. CNAME w.\n", "line 5: x.z. CNAME: the name has one in line 4 already"},
		"two DNAMEs":                    {top + "x.z. DNAME y.\nx.z. DNAME w.\n", "line 5: x.z. DNAME: the name has one in line 4 already"},
		"a name below a DNAME":          {top + "a.x.z. A 192.0.2.1\nx.z. DNAME y.\n", "line 4: a.x.z. A: it is below x.z., which has a DNAME in line 5 (RFC 6672 section 2.4)"},
		"DNAME and NS":                  {top + "x.z. DNAME y.\nx.z. NS w.\n", "line 5: x.z. NS: the name has DNAME in line 4, which excludes it"},
		"NS and DNAME":                  {top + "x.z. NS w.\nx.z. DNAME y.\n", "line 5: x.z. DNAME: the name has NS in line 4, which excludes it"},
		"no message's size":             {top + large(64), "line 67: x.z. TXT: with it the name has more of them than fit into a message: 65408 octets are too many"},
		"a bad address":                 {top + "x.z. A 192.0.2\n", `line 4: bad A A: "192.0.2"`},
		"an unknown type's text":        {top + "x.z. TYPE65280 abc\n", "line 4: "},
		"class CH":                      {top + "x.z. CH TXT x\n", "line 4: class CH: want IN"},
		"a meta type":                   {top + "x.z. ANY \\# 0\n", "line 4: "},
		"$INCLUDE":                      {top + "$INCLUDE /etc/passwd\n", "line 4: $INCLUDE directive not allowed"},
		"an open bracket":               {top + "x.z. TXT ( a\n", "line"},
		"a label too long":              {top + strings.Repeat("a", 64) + ".z. A 192.0.2.1\n", "line 4: "},
		"a TTL too high":                {top + "x.z. 2147483648 A 192.0.2.1\n", "line 4: bad ttl: 2147483648 is above 2147483647"},
		"a host left out":               {top + "x.z. AFSDB 1\n", "line 4: "},
		"a target left out":             {top + "x.z. NS\n", "line 4: "},
		"a type whose text is not read": {top + "x.z. WKS 1.2.3.4 TCP 25\n", `line 4: the text of WKS is not read: write it as TYPE11 \# and`},
		"the same with a class":         {top + "x.z. 60 IN NSAP 0x47\n", `line 4: the text of NSAP is not read: write it as TYPE22 \# and`},
		"a type that is none":           {top + "x.z. FOO 1\n", `line 4: "FOO" is no TTL, no class and no known type: write other types as TYPEnnn \#`},
		"a TTL that is none":            {top + "x.z. 5x A 192.0.2.1\n", `line 4: not a TTL: "5x"`},
		"$GENERATE":                     {top + "$GENERATE 1-2 a$.z. A 192.0.2.1\n", "line 5: $GENERATE is not taken"},
		"too many":                      {top + strings.Repeat("x.z. TXT x\n", 2) + many(98) + "\n", "line 103: too many records: at most 100 are taken"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			z, err := Read(strings.NewReader(c.text), "", 100)
			var ours *Error
			if z != nil || !errors.As(err, &ours) || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%q\nwant %q", err, c.want)
			}
		})
	}
}

// FuzzRead verifies that any text gives an error or a zone that, once written,
// reads as the same zone, and whose records survive as messages.
func FuzzRead(f *testing.F) {
	f.Add(top + "x.z. A 192.0.2.1\n")
	f.Add(top + "$ORIGIN y.z.\n*.a\\.b 5 IN TXT ( \"a;\" ; c\n \\200 )\n")
	f.Add(top + "x.z. TYPE65280 \\# 1 00\n")
	f.Add(top + "s.z. SRV 1 2 3 t.\nm.z. MX 1 m.\nc.z. CAA 0 issue \"x\"\np.z. PTR 10.0.0.1.\n")
	f.Fuzz(func(t *testing.T, text string) {
		z, err := Read(strings.NewReader(text), "", 1000)
		if err != nil {
			return
		}
		first := written(t, z)
		again, err := Read(strings.NewReader(first), "", 1000)
		if err != nil {
			t.Fatalf("%v\n%s", err, first)
		}
		if second := written(t, again); second != first {
			t.Fatalf("%q\nwritten again\n%q", first, second)
		}
		for _, r := range z.Records {
			survives(t, r.RR)
		}
	})
}

// TestSOAWithBlankInName verifies that a blank in a name does not count as the
// end of a field.
func TestSOAWithBlankInName(t *testing.T) {
	z, err := Read(strings.NewReader("$TTL 5\nz. SOA a\\ b. \\(c.z. 1 2 3 4 5\nz. NS ns.z.\n"), "", 10)
	if err != nil || len(z.Records) != 2 {
		t.Fatalf("%v: %v", z, err)
	}
}

// survives wants of an RR that it comes back from etcd as it went.
func survives(t *testing.T, rr record.RR) {
	m, err := record.MessageOf(rr)
	if err != nil {
		t.Fatalf("%s %s: %v", wire.NameString(rr.Name), record.TypeText(rr.Type), err)
	}
	key, value, err := record.New(rr.Name, m)
	if errors.Is(err, wire.ErrLongName) {
		return // its name leaves no room for the item's label
	}
	if err != nil {
		t.Fatalf("%+v: %v", m, err)
	}
	back, err := record.Parse(key, value)
	if err != nil {
		t.Fatalf("%s %s: %v", key, value, err)
	}
	got := back.Stated()
	if len(got) != 1 || string(got[0].Name) != string(rr.Name) || got[0].Type != rr.Type || string(got[0].Data) != string(rr.Data) {
		t.Fatalf("%+v came back as %+v", rr, got)
	}
}
