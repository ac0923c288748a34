package engine

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// optionIn is the data of an option of a reply in hex; "none" without it.
func optionIn(m *dns.Msg, code uint16) string {
	if o := m.IsEdns0(); o != nil {
		for _, opt := range o.Option {
			if opt.Option() != code {
				continue
			}
			switch opt := opt.(type) {
			case *dns.EDNS0_NSID:
				return opt.Nsid
			case *dns.EDNS0_TCP_KEEPALIVE:
				return fmt.Sprintf("%04x", opt.Timeout)
			case *dns.EDNS0_SUBNET:
				return fmt.Sprintf("%d %s/%d/%d", opt.Family, opt.Address, opt.SourceNetmask, opt.SourceScope)
			}
		}
	}
	return "none"
}

// withOption is a query for www.example. A with one option, of data in hex.
func withOption(code uint16, data string) *dns.Msg {
	m := new(dns.Msg)
	m.SetQuestion("www.example.", dns.TypeA)
	m.SetEdns0(1232, false)
	b, _ := hex.DecodeString(data)
	o := m.IsEdns0()
	o.Option = append(o.Option, &dns.EDNS0_LOCAL{Code: code, Data: b})
	return m
}

func TestOptions(t *testing.T) {
	tests := []struct {
		name   string
		code   uint16
		data   string
		stream bool
		rcode  int
		want   string
	}{
		{"NSID is given on request", dns.EDNS0NSID, "", false, 0, hex.EncodeToString([]byte("node-1"))},
		{"NSID with data in the query", dns.EDNS0NSID, "ff", false, 0, hex.EncodeToString([]byte("node-1"))},
		{"keepalive over a stream", dns.EDNS0TCPKEEPALIVE, "", true, 0, "0064"},
		{"keepalive over UDP is ignored", dns.EDNS0TCPKEEPALIVE, "", false, 0, "none"},
		{"keepalive with a timeout in the query", dns.EDNS0TCPKEEPALIVE, "0001", true, dns.RcodeFormatError, "none"},
		{"padding is ignored", dns.EDNS0PADDING, "000000", false, 0, "none"},
		{"an unknown option is ignored", 65001, "00", false, 0, "none"},
	}
	l := newLab(t, Config{Identity: "node-1", Keepalive: 100})
	l.load(exampleZone)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l.batch.Stream = tt.stream
			m := l.exchange(withOption(tt.code, tt.data), 4096)
			if m.Rcode != tt.rcode || optionIn(m, tt.code) != tt.want || (m.Rcode == 0) != (len(m.Answer) == 1) {
				t.Errorf("got %v", m)
			}
		})
	}
}

// TestLongestOptions verifies that a reply with every option of the greatest
// length, to a question of the greatest length, fits where least may be sent.
func TestLongestOptions(t *testing.T) {
	l := cookieLab(t, Config{Identity: strings.Repeat("x", 300), SubnetFrom: []Network{networkOf("::/0")}})
	q := withCookie(rfcRenewed)
	q.Question[0].Name = strings.Repeat(strings.Repeat("y", 60)+".", 4) + "example."
	o := q.IsEdns0()
	o.SetUDPSize(100)
	o.Option = append(o.Option, &dns.EDNS0_NSID{Code: dns.EDNS0NSID},
		&dns.EDNS0_SUBNET{Code: dns.EDNS0SUBNET, Family: 2, SourceNetmask: 128, Address: netip.IPv6Unspecified().AsSlice()})
	m := l.exchange(q, 4096)
	if n := len(l.batch.Msg[0]); m.Rcode != dns.RcodeNameError || n > plainLimit || len(m.IsEdns0().Option) != 3 {
		t.Errorf("%d octets: %v", n, m)
	}
}

// TestClientSubnet has the forms of RFC 7871 section 6 and 7.
func TestClientSubnet(t *testing.T) {
	tests := []struct {
		name, client, data string
		rcode              int
		want               string
	}{
		{"IPv4", "192.0.2.53", "00011800" + "c63364", 0, "1 198.51.100.0/24/24"},
		{"IPv6", "192.0.2.53", "00023800" + "20010db8fd1342", 0, "2 2001:db8:fd13:4200::/56/56"},
		{"bits that fill no octet", "192.0.2.53", "00011400" + "c63360", 0, "1 198.51.96.0/20/20"},
		{"a client that wants to stay out", "192.0.2.53", "00010000", 0, "1 0.0.0.0/0/0"},
		{"no family at all", "192.0.2.53", "00000000", 0, "0 0.0.0.0/0/0"},
		{"from whom nobody trusts", "203.0.113.53", "00011800" + "c63364", 0, "none"},
		{"malformed, from whom nobody trusts", "203.0.113.53", "00", 0, "none"},
		{"too short", "192.0.2.53", "000118", 1, "none"},
		{"too few octets", "192.0.2.53", "00011800" + "c633", 1, "none"},
		{"too many octets", "192.0.2.53", "00011800" + "c6336400", 1, "none"},
		{"bits behind the prefix", "192.0.2.53", "00011400" + "c63364", 1, "none"},
		{"a scope in the query", "192.0.2.53", "00011818" + "c63364", 1, "none"},
		{"33 bits of IPv4", "192.0.2.53", "00012100" + "c633640000", 1, "none"},
		{"an unknown family", "192.0.2.53", "00031800" + "c63364", 1, "none"},
	}
	l := newLab(t, Config{Mode: HoneOne, SubnetFrom: []Network{networkOf("192.0.2.0/24")}})
	l.load(exampleZone)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l.batch.Client[0] = clientOf(tt.client)
			q := withOption(dns.EDNS0SUBNET, tt.data)
			q.Question[0].Name = "two.example."
			m := l.exchange(q, 1232)
			if got := optionIn(m, dns.EDNS0SUBNET); m.Rcode != tt.rcode || got != tt.want {
				t.Errorf("rcode %d, %s; want %d, %s", m.Rcode, got, tt.rcode, tt.want)
			}
		})
	}
}

// TestClientSubnetChooses verifies that hone-one chooses for the network that
// a trusted resolver tells, and says so only where it chose.
func TestClientSubnetChooses(t *testing.T) {
	l := newLab(t, Config{Mode: HoneOne, SubnetFrom: []Network{networkOf("192.0.2.53/32")}})
	l.load(big(60))
	ask := func(client, name, data string) *dns.Msg {
		l.batch.Client[0] = clientOf(client)
		q := withOption(dns.EDNS0SUBNET, data)
		q.Question[0].Name = name
		return l.exchange(q, 1232)
	}
	moved := 0
	for i := range 64 {
		data := fmt.Sprintf("00012000c63364%02x", i)
		byResolver := ask("192.0.2.53", "big.example.", data)
		itself := ask(fmt.Sprintf("198.51.100.%d", i), "big.example.", "00010000")
		if byResolver.Answer[0].String() != itself.Answer[0].String() {
			t.Errorf("client %d: %v by the resolver, %v itself", i, byResolver.Answer[0], itself.Answer[0])
		}
		if i > 0 && byResolver.Answer[0].String() != ask("192.0.2.53", "big.example.", "00012000c6336400").Answer[0].String() {
			moved++
		}
	}
	if moved < 32 {
		t.Errorf("only %d of 63 clients have another address than the first", moved)
	}
	for _, name := range []string{"www.example.", "none.example."} {
		if got := optionIn(ask("192.0.2.53", name, "00011800c63364"), dns.EDNS0SUBNET); got != "1 198.51.100.0/24/0" {
			t.Errorf("%s: %s although there was nothing to choose", name, got)
		}
	}
}

func TestChaos(t *testing.T) {
	tests := []struct {
		name    string
		qtype   uint16
		rcode   int
		want    string
		verdict Verdict
	}{
		{"version.bind.", dns.TypeTXT, 0, "version.bind. 0 CH TXT \"skydns 2\"", Answered},
		{"VERSION.Server.", dns.TypeTXT, 0, "VERSION.Server. 0 CH TXT \"skydns 2\"", Answered},
		{"id.server.", dns.TypeANY, 0, "id.server. 0 CH TXT \"node-1\"", Answered},
		{"hostname.bind.", dns.TypeTXT, 0, "hostname.bind. 0 CH TXT \"node-1\"", Answered},
		{"hostname.bind.", dns.TypeA, 0, "", NoData},
		{"authors.bind.", dns.TypeTXT, dns.RcodeRefused, "", Refused},
		{"www.example.", dns.TypeA, dns.RcodeRefused, "", Refused},
	}
	l := newLab(t, Config{Identity: "node-1", Version: "skydns 2"})
	l.load(exampleZone)
	silent := newLab(t, Config{})
	silent.load(exampleZone)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := new(dns.Msg)
			q.SetQuestion(tt.name, tt.qtype)
			q.Question[0].Qclass = dns.ClassCHAOS
			m := l.exchange(q, 512)
			if got := strings.Join(lines(m.Answer), ""); m.Rcode != tt.rcode || got != tt.want || l.batch.Verdict[0] != tt.verdict {
				t.Errorf("%v: %v", l.batch.Verdict[0], m)
			}
			if m := silent.exchange(q, 512); m.Rcode != dns.RcodeRefused {
				t.Errorf("without texts: %v", m)
			}
		})
	}
}

// TestOPTToBrokenOPT verifies RFC 6891 section 7: what is wrong with the OPT
// is told with an OPT.
func TestOPTToBrokenOPT(t *testing.T) {
	l := newLab(t, Config{})
	l.load(exampleZone)
	q, err := withOption(65001, "00").Pack()
	if err != nil {
		t.Fatal(err)
	}
	q[len(q)-2] = 9 // the option's length
	m := new(dns.Msg)
	if err := m.Unpack(l.ask(q, 512)); err != nil || m.Rcode != dns.RcodeFormatError || m.IsEdns0() == nil {
		t.Errorf("%v, %v", m, err)
	}
}
