package api

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// TestNotServable verifies that what the publisher would leave out is refused,
// and changes nothing.
func TestNotServable(t *testing.T) {
	f := newFixture(t)
	const soa = `{"type":"SOA","rdata":"ns.D. host.D. %d 2 3 4 5"}`
	f.ok("POST", f.domain, fmt.Sprintf(soa, 1))
	f.ok("POST", f.domain, fmt.Sprintf(soa, 1)) // the same is no second one
	f.ok("POST", f.domain, strings.Replace(fmt.Sprintf(soa, 1), "ns.D.", "NS.d.", 1))
	f.ok("POST", "d", `{"type":"DNAME","rdata":"other."}`)
	f.ok("POST", "n", `{"type":"NS","nsHost":"ns.other."}`)
	f.ok("POST", f.domain, `{"type":"DNAME","rdata":"other."}`)
	f.ok("POST", f.domain, `{"type":"NS","nsHost":"ns.other."}`)
	var ips []string
	for i := range 4100 {
		ips = append(ips, fmt.Sprintf(`"10.0.%d.%d"`, i>>8, i&255))
	}
	addresses := func(part []string) string { return `{"type":"A","ips":[` + strings.Join(part, ",") + `]}` }
	f.ok("POST", "many", addresses(ips[:1000]))
	before := f.keys(f.base())
	cases := map[string]struct {
		name, body string
		code       int
		want       string
	}{
		"a second SOA":              {"DOMAIN", fmt.Sprintf(soa, 2), 409, "has another SOA already"},
		"a second DNAME":            {"d", `{"type":"DNAME","rdata":"another."}`, 409, "has another DNAME already"},
		"NS beside a DNAME":         {"d", `{"type":"NS","nsHost":"ns.other."}`, 409, "cannot have NS and DNAME"},
		"DNAME beside an NS":        {"n", `{"type":"DNAME","rdata":"other."}`, 409, "cannot have DNAME and NS"},
		"no message's size":         {"large", addresses(ips), 413, "do not fit into a DNS message"},
		"no message's size in time": {"many", addresses(ips[1000:]), 413, "do not fit into a DNS message"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if code, text := f.do("POST", "/skydns/api/"+strings.ReplaceAll(c.name, "DOMAIN", f.domain), c.body); code != c.code || !strings.Contains(text, c.want) {
				t.Errorf("%d %s, want %d %s", code, text, c.code, c.want)
			}
			if after := f.keys(f.base()); len(after) != len(before) {
				t.Errorf("%d keys, want %d", len(after), len(before))
			}
		})
	}
	f.ok("PUT", f.domain, `{"type":"SOA","update":{"ns.D. host.D. 1 2 3 4 5":"ns.D. host.D. 2 2 3 4 5"}}`)
}

// TestSecondOfSeveral verifies that other data is found whatever comes behind it.
func TestSecondOfSeveral(t *testing.T) {
	f := newFixture(t)
	n := newNameState(wireName(t, "d."+f.domain), wireName(t, f.domain), nil)
	for i, host := range []string{"a.", "b.", "B."} {
		if err := n.set(fmt.Sprintf("%s/d/item%d", f.base(), i), fmt.Appendf(nil, `{"type":"DNAME","rdata":%q}`, host), 0); err != nil {
			t.Fatal(err)
		}
	}
	if !n.rrsets()[wire.TypeDNAME].other {
		t.Error("all are taken to be the same")
	}
}

// TestSignaturesBesideAnAlias verifies RFC 4035 section 2.5.
func TestSignaturesBesideAnAlias(t *testing.T) {
	f := newFixture(t)
	f.ok("POST", "al", `{"type":"cname","target":"www.example."}`)
	f.ok("POST", "al", `{"type":"NSEC","rdata":"b.example. CNAME RRSIG NSEC"}`)
	f.ok("POST", "al", `{"type":"RRSIG","rdata":"CNAME 8 2 60 20300101000000 20200101000000 1 example. AQID"}`)
	f.ok("POST", "b", `{"type":"NSEC","rdata":"c.example. CNAME RRSIG NSEC"}`)
	f.ok("POST", "b", `{"type":"cname","target":"www.example."}`)
	if code, text := f.do("POST", "/skydns/api/al", `{"type":"TXT","text":"x"}`); code != 409 {
		t.Errorf("a TXT beside an alias: %d %s, want 409", code, text)
	}
}
