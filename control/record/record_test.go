package record

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ipdcode/skydns/dataplane/wire"
	"github.com/miekg/dns"
)

// text is an RR as one line, by an independent reader of the wire form.
func text(t *testing.T, rr RR) string {
	t.Helper()
	h := dns.RR_Header{Name: wire.NameString(rr.Name), Rrtype: rr.Type, Class: 1, Ttl: rr.TTL, Rdlength: uint16(len(rr.Data))}
	out, end, err := dns.UnpackRRWithHeader(h, rr.Data, 0)
	if err != nil || end != len(rr.Data) {
		t.Fatalf("rdata %x of type %d: %v", rr.Data, rr.Type, err)
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

func texts(t *testing.T, rrs []RR) []string {
	t.Helper()
	var lines []string
	for _, rr := range rrs {
		lines = append(lines, text(t, rr))
	}
	return lines
}

// TestParseForeign verifies what records without a type mean.
func TestParseForeign(t *testing.T) {
	zone := wireName(t, "skydns.local")
	for _, c := range []struct {
		name, key, value string
		want             []string
	}{
		{"an address with an item label", "/skydns/local/skydns/cctv2/x1", `{"host":"10.0.0.1"}`,
			[]string{"x1.cctv2.skydns.local. 30 IN A 10.0.0.1", "cctv2.skydns.local. 30 IN A 10.0.0.1"}},
		{"an address below the apex", "/skydns/local/skydns/cctv2", `{"host":"10.0.0.1","ttl":7}`,
			[]string{"cctv2.skydns.local. 7 IN A 10.0.0.1"}},
		{"a slash at the end", "/skydns/local/skydns/cctv2/", `{"host":"::1"}`,
			[]string{"cctv2.skydns.local. 30 IN AAAA ::1"}},
		{"a name", "/skydns/local/skydns/tv1", `{"host":"cctv2.skydns.local"}`,
			[]string{"tv1.skydns.local. 30 IN CNAME cctv2.skydns.local."}},
		{"a name with a port", "/skydns/local/skydns/tv1", `{"host":"b.local","port":80,"weight":5}`,
			[]string{"tv1.skydns.local. 30 IN SRV 10 5 80 b.local."}},
		{"an address with a port", "/skydns/local/skydns/tv1", `{"host":"10.0.0.1","port":80,"priority":2}`,
			[]string{"tv1.skydns.local. 30 IN A 10.0.0.1", "tv1.skydns.local. 30 IN SRV 2 0 80 tv1.skydns.local."}},
		{"a target to strip", "/skydns/local/skydns/tv1", `{"host":"x.b.local","port":80,"targetstrip":1}`,
			[]string{"tv1.skydns.local. 30 IN SRV 10 0 80 b.local."}},
		{"more to strip than there is", "/skydns/local/skydns/tv1", `{"host":"x.b.local","port":80,"targetstrip":3}`,
			[]string{"tv1.skydns.local. 30 IN SRV 10 0 80 x.b.local."}},
		{"mail with a port", "/skydns/local/skydns/tv1", `{"host":"mx.local","mail":true,"port":25}`,
			[]string{"tv1.skydns.local. 30 IN MX 10 mx.local.", "tv1.skydns.local. 30 IN SRV 10 0 25 mx.local."}},
		{"mail with an address", "/skydns/local/skydns/tv1/x", `{"host":"10.0.0.1","mail":true,"targetstrip":1}`,
			[]string{"x.tv1.skydns.local. 30 IN A 10.0.0.1", "x.tv1.skydns.local. 30 IN MX 10 tv1.skydns.local.",
				"tv1.skydns.local. 30 IN A 10.0.0.1", "tv1.skydns.local. 30 IN MX 10 tv1.skydns.local."}},
		{"an address with text", "/skydns/local/skydns/tv1", `{"host":"10.0.0.1","text":"heritage=external-dns"}`,
			[]string{"tv1.skydns.local. 30 IN A 10.0.0.1"}},
		{"a name with text", "/skydns/local/skydns/tv1", `{"host":"a.b.","text":"x"}`,
			[]string{`tv1.skydns.local. 30 IN TXT "x"`}},
		{"text", "/skydns/local/skydns/tv1", `{"text":"a b"}`, []string{`tv1.skydns.local. 30 IN TXT "a b"`}},
		{"mail", "/skydns/local/skydns/tv1", `{"host":"mx.local","mail":true}`, []string{"tv1.skydns.local. 30 IN MX 10 mx.local."}},
		{"fields of other programs", "/skydns/local/skydns/a", `{"host":"10.0.0.1","ownedby":"x"}`,
			[]string{"a.skydns.local. 30 IN A 10.0.0.1"}},
		{"an IPv4 address in IPv6 form", "/skydns/local/skydns/a", `{"host":"::ffff:10.0.0.1"}`,
			[]string{"a.skydns.local. 30 IN A 10.0.0.1"}},
		{"a type without an item label", "/skydns/local/skydns/a/x", `{"type":"A","host":"10.0.0.1"}`,
			[]string{"x.a.skydns.local. 30 IN A 10.0.0.1", "a.skydns.local. 30 IN A 10.0.0.1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := Parse(c.key, []byte(c.value))
			if err != nil {
				t.Fatal(err)
			}
			if got := texts(t, r.RRs(zone)); !slices.Equal(got, c.want) {
				t.Fatalf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestOwn verifies that what New writes Parse reads as the same data.
func TestOwn(t *testing.T) {
	zone := wireName(t, "skydns.local")
	for _, c := range []struct {
		name string
		m    Message
		want string
	}{
		{"A", Message{Type: "a", Host: "10.0.0.1", User: "me"}, "A 10.0.0.1"},
		{"AAAA", Message{Type: "AAAA", Host: "2001:db8::1"}, "AAAA 2001:db8::1"},
		{"by the address's family", Message{Host: "2001:db8::1"}, "AAAA 2001:db8::1"},
		{"CNAME", Message{Type: "cname", Host: "TV1.skydns.local"}, "CNAME TV1.skydns.local."},
		{"NS", Message{Type: "NS", Host: "ns1.example."}, "NS ns1.example."},
		{"PTR", Message{Type: "PTR", Host: "a.example"}, "PTR a.example."},
		{"MX", Message{Type: "MX", Host: "mx.example", Priority: 0}, "MX 0 mx.example."},
		{"SRV", Message{Type: "SRV", Host: "a.example", Port: 80, Priority: 1, Weight: 2}, "SRV 1 2 80 a.example."},
		{"TXT", Message{Type: "TXT", Text: strings.Repeat("x", 256)},
			fmt.Sprintf("TXT %q %q", strings.Repeat("x", 255), "x")},
		{"SOA", Message{Type: "SOA", Rdata: "ns.a. host.a. 1 2 3 4 5"}, "SOA ns.a. host.a. 1 2 3 4 5"},
		{"CAA", Message{Type: "CAA", Rdata: `0 issue "ca.example"`}, `CAA 0 issue "ca.example"`},
		{"rdata of a type by field", Message{Type: "A", Rdata: "10.0.0.9"}, "A 10.0.0.9"},
		{"rdata as octets", Message{Type: "A", Rdata: `\# 4 0a 00 00 01`}, "A 10.0.0.1"},
		{"an unknown type", Message{Type: "type65280", Rdata: `\# 3 0a0000`}, `TYPE65280 \# 3 0a0000`},
		{"an unknown type without data", Message{Type: "TYPE65280", Rdata: `\# 0`}, `TYPE65280 \# 0`},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.m.TTL = 77
			key, value, err := New(wireName(t, "WWW.skydns.local"), c.m)
			if err != nil {
				t.Fatal(err)
			}
			r, err := Parse(key, value)
			if err != nil || !r.Own {
				t.Fatalf("Parse(%s, %s): own %v, error %v", key, value, r.Own, err)
			}
			got := texts(t, r.RRs(zone))
			if len(got) != 1 {
				t.Fatalf("RRs %q", got)
			}
			name, rest, _ := strings.Cut(got[0], " ")
			class := "77 IN "
			if strings.Contains(rest, "CLASS1") {
				class = "77 CLASS1 "
			}
			if name != "www.skydns.local." || rest != class+c.want {
				t.Fatalf("got %s", got[0])
			}
		})
	}
}

// TestOwnSRVWithAddress verifies that such an SRV points to its own key,
// which holds the address.
func TestOwnSRVWithAddress(t *testing.T) {
	name, zone := wireName(t, "_http._tcp.skydns.local"), wireName(t, "skydns.local")
	keys := map[string]bool{}
	for _, host := range []string{"10.0.0.65", "10.0.0.97"} {
		key, value, err := New(name, Message{Type: "SRV", Host: host, Port: 80})
		if err != nil {
			t.Fatal(err)
		}
		keys[key] = true
		self := strings.TrimPrefix(key, NameKey(name)) + "._http._tcp.skydns.local."
		r, err := Parse(key, value)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"_http._tcp.skydns.local. 30 IN SRV 0 0 80 " + self, self + " 30 IN A " + host}
		if got := texts(t, r.RRs(zone)); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if len(keys) != 2 {
		t.Error("two addresses have one key")
	}
}

// TestParseReverse verifies that a name in the trees of addresses is what the
// address stands for.
func TestParseReverse(t *testing.T) {
	zone := wireName(t, "arpa")
	for key, want := range map[string]string{
		"/skydns/arpa/in-addr/10/0/0/1": "1.0.0.10.in-addr.arpa. 30 IN PTR a.b.",
		"/skydns/arpa/ip6/2/0/0":        "0.0.2.ip6.arpa. 30 IN PTR a.b.",
		"/skydns/arpa/other/1":          "1.other.arpa. 30 IN CNAME a.b.",
	} {
		r, err := Parse(key, []byte(`{"host":"a.b."}`))
		if err != nil {
			t.Fatal(err)
		}
		if got := texts(t, r.RRs(zone)); got[0] != want {
			t.Errorf("%s: got %s, want %s", key, got[0], want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	const key = "/skydns/local/skydns/a/x"
	for _, c := range []struct {
		name, key, value string
		want             error
	}{
		{"no JSON", key, `host`, ErrValue},
		{"an empty value", key, ``, ErrValue},
		{"a port above 65535", key, `{"host":"10.0.0.1","port":65536}`, ErrValue},
		{"a port in quotes", key, `{"host":"10.0.0.1","port":"80"}`, ErrValue},
		{"a TTL above what the RFC allows", key, `{"host":"10.0.0.1","ttl":2147483648}`, ErrTTL},
		{"nothing stated", key, `{}`, ErrData},
		{"a bad name", key, `{"host":"a..b"}`, ErrData},
		{"an unknown type", key, `{"type":"AX","host":"10.0.0.1"}`, ErrType},
		{"a type of questions", key, `{"type":"ANY","rdata":"x"}`, ErrType},
		{"OPT", key, `{"type":"OPT","rdata":"\\# 0"}`, ErrType},
		{"an A with an IPv6 address", key, `{"type":"A","host":"::1"}`, ErrData},
		{"an AAAA with an IPv4 address", key, `{"type":"AAAA","host":"10.0.0.1"}`, ErrData},
		{"an address with a zone", key, `{"type":"AAAA","host":"fe80::1%eth0"}`, ErrData},
		{"a CNAME to an address", key, `{"type":"CNAME","host":"10.0.0.1"}`, ErrData},
		{"a type that wants rdata", key, `{"type":"CAA","host":"a"}`, ErrData},
		{"rdata cut short", key, `{"type":"SOA","rdata":"a. b. 1"}`, ErrData},
		{"rdata of blanks", key, `{"type":"CAA","rdata":"  "}`, ErrData},
		{"rdata of two lines", key, `{"type":"A","rdata":"10.0.0.1\n$INCLUDE /etc/passwd"}`, ErrData},
		{"octets that are too few", key, `{"type":"A","rdata":"\\# 4 0a00"}`, ErrData},
		{"octets of another type", key, `{"type":"A","rdata":"\\# 3 0a0000"}`, ErrData},
		{"a bad key", "/skydns//a", `{"host":"10.0.0.1"}`, ErrKey},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse(c.key, []byte(c.value))
			if !errors.Is(err, c.want) {
				t.Fatalf("error %v, want %v", err, c.want)
			}
			if Reason(err) == "other" {
				t.Error("the error has no reason")
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	zone, _ := wire.ParseName("skydns.local")
	f.Add("/skydns/local/skydns/a/x", []byte(`{"host":"10.0.0.1","port":80,"targetstrip":9}`))
	f.Add("/skydns/local/skydns/a/rr-0123456789abc", []byte(`{"type":"CAA","rdata":"0 issue \"x\""}`))
	f.Add("/skydns/local/skydns/a/rr-0123456789abc/", []byte(`{"type":"TYPE6","rdata":"\\# 4 0a0b0c0d"}`))
	f.Fuzz(func(t *testing.T, key string, value []byte) {
		r, err := Parse(key, value)
		if err != nil {
			return
		}
		for _, rr := range r.RRs(zone) {
			if !wire.ValidName(rr.Name) || len(rr.Data) > maxRdata {
				t.Fatalf("name %x, %d octets of data", rr.Name, len(rr.Data))
			}
		}
		if _, _, err := New(r.Name, r.Message); err != nil && r.Message.Type != "" && !errors.Is(err, ErrKey) {
			t.Fatalf("what Parse reads New refuses: %v", err)
		}
	})
}
