package engine

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// ferretCase is a zone, a query and the answer on which BIND, Knot, NSD and
// PowerDNS agree: see testdata/ferret/README.md.
type ferretCase struct {
	ID     int
	Zone   string
	Qname  string
	Qtype  string
	Expect struct {
		Rcode                         string
		AA                            bool
		Answer, Authority, Additional []string
		AuthorityAgreed               bool `json:"authority_agreed"`
		AdditionalAgreed              bool `json:"additional_agreed"`
	}
}

// TestFerret verifies that every case of the Ferret dataset gets the answer
// on which the servers agree, before its zone is settled and after.
func TestFerret(t *testing.T) {
	f, err := os.Open("testdata/ferret/cases.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	l := newLab(t, Config{Full: true})
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	n, failed := 0, 0
	for lines.Scan() {
		var c ferretCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		n++
		l.loadUnsettled(c.Zone)
		ok := l.checkFerret(&c)
		l.settle()
		if !l.checkFerret(&c) || !ok {
			if failed++; failed == 10 {
				t.Fatalf("too many; stopped after %d cases", n)
			}
		}
	}
	if n < 6310 {
		t.Errorf("read %d cases, want 6310", n)
	}
}

func (l *lab) checkFerret(c *ferretCase) bool {
	reply := l.query(c.Qname, dns.StringToType[c.Qtype])
	type part struct {
		name      string
		got, want []string
		binding   bool
	}
	ok := dns.RcodeToString[reply.Rcode] == c.Expect.Rcode && reply.Authoritative == c.Expect.AA
	for _, p := range []part{
		{"answer", lines(reply.Answer), c.Expect.Answer, true},
		{"authority", lines(reply.Ns), c.Expect.Authority, c.Expect.AuthorityAgreed},
		{"additional", lines(reply.Extra), c.Expect.Additional, c.Expect.AdditionalAgreed},
	} {
		ok = ok && (!p.binding || sameLines(p.got, p.want))
	}
	if !ok {
		l.t.Errorf("case %d: %s %s in\n%swant %+v\ngot %v", c.ID, c.Qname, c.Qtype, c.Zone, c.Expect, reply)
	}
	return ok
}

func sameLines(a, b []string) bool {
	norm := func(s []string) []string {
		out := make([]string, len(s))
		for i := range s {
			out[i] = strings.ToLower(s[i])
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	return slices.Equal(norm(a), norm(b))
}
