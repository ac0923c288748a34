package frame

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/ipdcode/skydns/dataplane/frame/frametest"
)

// TestParseTags verifies how many and which VLAN tags are followed.
func TestParseTags(t *testing.T) {
	plain := frametest.Build(frametest.Query(server4, []byte("message")))
	for _, c := range []struct {
		name, tags string
		want       Verdict
		link       int
	}{
		{"none", "", Query, 14},
		{"one", "8100 0064", Query, 18},
		{"a service's alone", "88a8 0064", Query, 18},
		{"a customer's in a service's", "88a8 0004 8100 0064", Query, 22},
		{"two customers'", "8100 0004 8100 0064", Query, 22},
		{"the older type of two", "9100 0004 8100 0064", Query, 22},
		{"a service's in a customer's", "8100 0004 88a8 0064", NotIP, 18},
		{"three", "8100 0004 8100 0005 8100 0006", NotIP, 22},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := append(append(bytes.Clone(plain[:12]), octets(t, c.tags)...), plain[12:]...)
			if _, v := local(t).Parse(f, 0); v != c.want {
				t.Errorf("verdict %v, want %v of\n%s", v, c.want, hex.Dump(f))
			}
			if got := LinkLen(f); got != c.link {
				t.Errorf("LinkLen %d, want %d", got, c.link)
			}
		})
	}
}

// TestParseOptions verifies which IPv4 options a query may have.
func TestParseOptions(t *testing.T) {
	for _, c := range []struct {
		name, options string
		want          Verdict
	}{
		{"record route", "07 07 04 00000000 00", Query},
		{"timestamp", "44 08 05 00 00000000", Query},
		{"router alert", "94 04 00 00", Query},
		{"fillers", "01 01 01 00", Query},
		{"unknown", "9e 04 ab cd", Query},
		{"end before rubbish", "00 07 ff ff", Query},
		{"40 octets", "4428" + "05 00" + "00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000", Query},
		{"loose source route", "83 07 04 c0000201 00", NotDNS},
		{"strict source route", "89 07 04 c0000201 00", NotDNS},
		{"too long", "07 05 04 00", BadLength},
		{"too short", "07 01 04 00", BadLength},
		{"of length 0", "07 00 04 00", BadLength},
		{"no length", "01 01 01 07", BadLength},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := frametest.Query(server4, []byte("message"))
			p.Options = octets(t, c.options)
			if _, v := local(t).Parse(frametest.Build(p), 0); v != c.want {
				t.Errorf("verdict %v, want %v", v, c.want)
			}
		})
	}
}

// TestParseExtensions verifies which IPv6 extension headers a query may have.
func TestParseExtensions(t *testing.T) {
	padding := "11 0f 01 7c" + string(bytes.Repeat([]byte("00"), 124)) // a header of 128 octets
	for _, c := range []struct {
		name, headers string
		first         uint8
		want          Verdict
	}{
		{"hop-by-hop", "11 00 01 04 00000000", protoHopByHop, Query},
		{"hop-by-hop with router alert", "11 00 05 02 0000 01 00", protoHopByHop, Query},
		{"destination", "11 00 01 04 00000000", protoDestination, Query},
		{"destination, Pad1 only", "11 00 00 00 00000000", protoDestination, Query},
		{"routing, at its end", "11 00 00 00 00000000", protoRouting, Query},
		{"hop-by-hop, destination, routing", "3c 00 01 04 00000000  2b 00 01 04 00000000  11 00 04 00 00000000", protoHopByHop, Query},
		{"the only fragment", "11 00 00 00 00000007", protoFragment, Query},
		{"reserved bits of a fragment", "11 aa 00 06 00000007", protoFragment, Query},
		{"128 octets", padding, protoDestination, Query},

		{"first fragment", "11 00 00 01 00000007", protoFragment, Fragment},
		{"last fragment", "11 00 05 a8 00000007", protoFragment, Fragment},
		{"a fragment behind options", "2c 00 01 04 00000000  11 00 00 01 00000007", protoHopByHop, Fragment},

		{"136 octets", "3c 00 01 04 00000000" + padding, protoHopByHop, NotDNS},
		{"hop-by-hop twice", "00 00 01 04 00000000  11 00 01 04 00000000", protoHopByHop, NotDNS},
		{"hop-by-hop behind destination", "00 00 01 04 00000000  11 00 01 04 00000000", protoDestination, NotDNS},
		{"routing, on its way", "11 00 00 01 00000000", protoRouting, NotDNS},
		{"an option to be known", "11 00 c2 04 00000000", protoHopByHop, NotDNS},
		{"an option too long", "11 00 01 05 00000000", protoDestination, NotDNS},
		{"authentication", "11 00 0000 00000001", 51, NotDNS},
		{"no next header", "3b 00 01 04 00000000", protoDestination, NotDNS},
		{"TCP behind options", "06 00 01 04 00000000", protoDestination, NotDNS},

		{"longer than the packet", "11 ff 01 04 00000000", protoDestination, BadLength},
		{"headers without end", "3c 00 01 04 00000000  3c 00 01 04 00000000", protoDestination, BadLength},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := frametest.Query(server6, []byte("12"))
			p.Extensions, p.FirstExtension = octets(t, c.headers), c.first
			f := frametest.Build(p)
			found, v := local(t).Parse(f, 0)
			if v != c.want {
				t.Errorf("verdict %v, want %v of\n%s", v, c.want, hex.Dump(f))
			}
			if v == Query && string(f[found.Start:found.End]) != "12" {
				t.Errorf("message %q", f[found.Start:found.End])
			}
		})
	}
}

// TestExceptional verifies that what is broken or a pretence does not get to
// the kernel.
func TestExceptional(t *testing.T) {
	want := map[Verdict]bool{NotIP: true, NotOurs: true, NotDNS: true, Fragment: true}
	for v := range NumVerdicts {
		if v.Exceptional() != want[v] {
			t.Errorf("%v: %v", v, v.Exceptional())
		}
	}
}
