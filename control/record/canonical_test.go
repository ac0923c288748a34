package record

import (
	"bytes"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// TestCanonical verifies for which types the case of names counts.
func TestCanonical(t *testing.T) {
	const key = "AQID"
	for text, same := range map[string]bool{
		"NS Host.Z.": true, "CNAME Host.Z.": true, "PTR Host.Z.": true, "DNAME Host.Z.": true, "MB Host.Z.": true,
		"SOA Ns.Z. Host.Z. 1 2 3 4 5": true, "MINFO A.Z. B.Z.": true, "RP A.Z. B.Z.": true,
		"MX 1 Host.Z.": true, "AFSDB 1 Host.Z.": true, "RT 1 Host.Z.": true, "KX 1 Host.Z.": true, "PX 1 A.Z. B.Z.": true,
		"SRV 1 2 3 Host.Z.": true, `NAPTR 1 2 "" "" "" Host.Z.`: true,
		"RRSIG A 8 2 60 20300101000000 20200101000000 1 Host.Z. " + key: true,
		"TXT \"Text\"": false, "HINFO \"A\" \"b\"": false, "NSEC Host.Z. A": false, "SVCB 1 Host.Z.": false, "LP 1 Host.Z.": false,
		"CAA 0 issue \"Ca\"": false, `NAPTR 1 2 "U" "E2U" "!A!" .`: false,
	} {
		t.Run(text, func(t *testing.T) {
			a, b := rdata(t, text), rdata(t, strings.Replace(strings.ToLower(text), strings.ToLower(key), key, 1))
			before := bytes.Clone(a.Data)
			if bytes.Equal(Canonical(a.Type, a.Data), Canonical(b.Type, b.Data)) != same {
				t.Errorf("%x and %x", Canonical(a.Type, a.Data), Canonical(b.Type, b.Data))
			}
			if !bytes.Equal(a.Data, before) {
				t.Error("the data has changed")
			}
			for n := range a.Data { // what is cut short is taken as it is
				Canonical(a.Type, a.Data[:n])
			}
		})
	}
}

func rdata(t *testing.T, text string) RR {
	t.Helper()
	rr, err := dns.NewRR("x.z. 60 IN " + text)
	if err != nil {
		t.Fatal(err)
	}
	r, err := FromRR(rr)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
