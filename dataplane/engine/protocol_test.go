package engine

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// packed is a query for www.example. A, changed by f.
func packed(t testing.TB, f func(*dns.Msg)) []byte {
	t.Helper()
	m := new(dns.Msg)
	m.SetQuestion("www.example.", dns.TypeA)
	m.Id = 0x1234
	if f != nil {
		f(m)
	}
	b, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// at changes octets of a message.
func at(b []byte, off int, octets ...byte) []byte {
	copy(b[off:], octets)
	return b
}

func withEDNS(size uint16, f func(*dns.OPT)) func(*dns.Msg) {
	return func(m *dns.Msg) {
		m.SetEdns0(size, false)
		if f != nil {
			f(m.IsEdns0())
		}
	}
}

// TestTwoQuestionsWithOPT verifies that who asks two questions with an OPT
// hears of the error in one (RFC 6891 section 7).
func TestTwoQuestionsWithOPT(t *testing.T) {
	l := newLab(t, Config{})
	l.load(exampleZone)
	m := new(dns.Msg).SetQuestion("www.example.", dns.TypeA).SetEdns0(1232, true)
	m.Question = append(m.Question, dns.Question{Name: "example.", Qtype: dns.TypeSOA, Qclass: dns.ClassINET})
	if r := l.exchange(m, 512); r.Rcode != dns.RcodeFormatError || r.IsEdns0() == nil || !r.IsEdns0().Do() || len(r.Question) != 0 {
		t.Errorf("got %v", r)
	}
}

func TestMalformed(t *testing.T) {
	plain := func() []byte { return packed(t, nil) }
	tests := []struct {
		name    string
		query   []byte
		rcode   int // -1: dropped
		verdict Verdict
	}{
		{"empty", nil, -1, Ignored},
		{"eleven octets", plain()[:11], -1, Ignored},
		{"a response", at(plain(), 2, 0x80), -1, Ignored},
		{"header alone", plain()[:12], dns.RcodeFormatError, FormErr},
		{"question cut short", plain()[:20], dns.RcodeFormatError, FormErr},
		{"type and class missing", plain()[:25], dns.RcodeFormatError, FormErr},
		{"no question", at(plain()[:12], 5, 0), dns.RcodeFormatError, FormErr},
		{"two questions", at(plain(), 5, 2), dns.RcodeFormatError, FormErr},
		{"compression in the question", at(plain(), 12, 0xc0, 0x0c), dns.RcodeFormatError, FormErr},
		{"octets behind the message", append(plain(), 0), dns.RcodeFormatError, FormErr},
		{"a record promised", at(plain(), 11, 1), dns.RcodeFormatError, FormErr},
		{"STATUS", at(plain(), 2, 0x10), dns.RcodeNotImplemented, NotImp},
		{"NOTIFY", at(plain(), 2, 0x20), dns.RcodeNotImplemented, NotImp},
		{"class CHAOS", at(plain(), len(plain())-1, 3), dns.RcodeRefused, Refused},
		{"class ANY", at(plain(), len(plain())-1, 255), dns.RcodeSuccess, Answered},
		{"type OPT", at(plain(), len(plain())-3, 41), dns.RcodeFormatError, FormErr},
		{"AXFR", at(plain(), len(plain())-3, 252), dns.RcodeRefused, Refused},
		{"unassigned opcode 15", at(plain(), 2, 0x78), dns.RcodeNotImplemented, NotImp},
		{"UPDATE", at(plain(), 2, 0x28), dns.RcodeNotImplemented, NotImp},
		{"IXFR", at(plain(), len(plain())-3, 251), dns.RcodeRefused, Refused},
		{"type MAILB", at(plain(), len(plain())-3, 253), dns.RcodeNotImplemented, NotImp},
		{"type TSIG", at(plain(), len(plain())-3, 250), dns.RcodeNotImplemented, NotImp},
		{"type 0", at(plain(), len(plain())-3, 0), dns.RcodeFormatError, FormErr},
		{"class HESIOD", at(plain(), len(plain())-1, 4), dns.RcodeRefused, Refused},
		{"class NONE", at(plain(), len(plain())-2, 0, 254), dns.RcodeRefused, Refused},
		{"compression behind a label", at(plain(), 16, 0xc0, 0x0c), dns.RcodeFormatError, FormErr},
		{"a binary label (RFC 2673)", at(plain(), 12, 0x41, 8, 0xff), dns.RcodeFormatError, FormErr},
		{"an extended label type", at(plain(), 12, 0x80), dns.RcodeFormatError, FormErr},
		{"all counts at their most", at(plain(), 4, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), dns.RcodeFormatError, FormErr},
		{"two OPT records", packed(t, func(m *dns.Msg) { m.SetEdns0(512, false); m.Extra = append(m.Extra, m.Extra[0]) }), dns.RcodeFormatError, FormErr},
		{"OPT as an answer", packed(t, func(m *dns.Msg) { m.SetEdns0(512, false); m.Answer, m.Extra = m.Extra, nil }), dns.RcodeFormatError, FormErr},
		{"EDNS version 1", packed(t, withEDNS(1232, func(o *dns.OPT) { o.SetVersion(1) })), dns.RcodeBadVers, BadVers},
		{"OPT with an owner", at(packed(t, withEDNS(1232, nil)), 29, 1), dns.RcodeFormatError, FormErr},
		{"option longer than its OPT", at(packed(t, withEDNS(1232, func(o *dns.OPT) {
			o.Option = append(o.Option, &dns.EDNS0_LOCAL{Code: 65001, Data: []byte("x")})
		})), 43, 9), dns.RcodeFormatError, FormErr},
		{"EDNS version 255 with such an option", at(packed(t, withEDNS(1232, func(o *dns.OPT) {
			o.SetVersion(255)
			o.Option = append(o.Option, &dns.EDNS0_LOCAL{Code: 65001, Data: []byte("x")})
		})), 43, 9), dns.RcodeBadVers, BadVers},
		{"unknown EDNS flags", packed(t, withEDNS(1232, func(o *dns.OPT) { o.SetZ(0x7fff) })), dns.RcodeSuccess, Answered},
		{"unknown option", packed(t, withEDNS(1232, func(o *dns.OPT) {
			o.Option = append(o.Option, &dns.EDNS0_LOCAL{Code: 65001, Data: []byte("x")})
		})), dns.RcodeSuccess, Answered},
	}
	l := newLab(t, Config{})
	l.load(exampleZone)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			id := append([]byte{}, tt.query[:min(2, len(tt.query))]...)
			raw := l.ask(tt.query, 512)
			if l.batch.Verdict[0] != tt.verdict {
				t.Errorf("verdict %v, want %v", l.batch.Verdict[0], tt.verdict)
			}
			if tt.rcode < 0 {
				if raw != nil {
					t.Errorf("answered with %x", raw)
				}
				return
			}
			m := new(dns.Msg)
			if err := m.Unpack(raw); err != nil {
				t.Fatalf("%v: %x", err, raw)
			}
			if m.Rcode != tt.rcode || !m.Response || !bytes.Equal(raw[:2], id) {
				t.Errorf("rcode %d, id %x", m.Rcode, raw[:2])
			}
			if o := m.IsEdns0(); o != nil && (o.Version() != 0 || o.Z() != 0) {
				t.Errorf("OPT %v", o)
			}
			checkReply(t, tt.query, raw, false)
		})
	}
}

// TestNotQUERY verifies that what is not implemented is refused as politely as
// the rest: with the question and, for OPT, OPT (RFC 8906 section 3.1.5, RFC 6891
// section 6.1.1).
func TestNotQUERY(t *testing.T) {
	l := newLab(t, Config{})
	l.load(exampleZone)
	for opcode := 1; opcode < 16; opcode++ {
		for _, opt := range []bool{false, true} {
			q := packed(t, func(m *dns.Msg) {
				if m.Opcode = opcode; opt {
					m.SetEdns0(1232, true)
				}
			})
			m := new(dns.Msg)
			if err := m.Unpack(l.ask(q, 1232)); err != nil {
				t.Fatal(err)
			}
			if m.Rcode != dns.RcodeNotImplemented || m.Opcode != opcode || len(m.Question) != 1 || (m.IsEdns0() != nil) != opt || m.Authoritative {
				t.Errorf("got %v", m)
			}
		}
	}
}

// TestLongestNames verifies names of 255 octets and labels of 63, and that one
// octet more is an error.
func TestLongestNames(t *testing.T) {
	label := strings.Repeat("x", 63) + "."
	longest := label + label + label + strings.Repeat("y", 53) + ".example."
	l := newLab(t, Config{})
	l.load(exampleZone + longest + " 30 IN A 192.0.2.7\n" + label + "example. 30 IN A 192.0.2.8\n")
	for _, name := range []string{longest, strings.ToUpper(longest), label + "example."} {
		if m := l.query(name, dns.TypeA); len(m.Answer) != 1 || m.Question[0].Name != name {
			t.Errorf("%s: %v", name, m)
		}
	}
	raw := []byte{0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0}
	for range 4 {
		raw = append(append(raw, 63), strings.Repeat("x", 63)...)
	}
	raw = append(raw, 0, 0, 1, 0, 1) // 257 octets of name
	if l.ask(raw, 512); l.batch.Verdict[0] != FormErr {
		t.Errorf("a name of 257 octets: %v", l.batch.Verdict[0])
	}
}

func TestFlagsOfReply(t *testing.T) {
	l := newLab(t, Config{})
	l.load(exampleZone)
	for _, rd := range []bool{false, true} {
		for _, cd := range []bool{false, true} {
			q := new(dns.Msg)
			q.SetQuestion("www.example.", dns.TypeA)
			q.RecursionDesired, q.CheckingDisabled, q.AuthenticatedData, q.RecursionAvailable = rd, cd, true, true
			m := l.exchange(q, 512)
			if m.RecursionDesired != rd || m.CheckingDisabled || m.AuthenticatedData || m.RecursionAvailable || m.Zero {
				t.Errorf("rd %v, cd %v gave %+v", rd, cd, m.MsgHdr)
			}
		}
	}
}

func TestEDNS(t *testing.T) {
	l := newLab(t, Config{})
	l.load(exampleZone)
	for _, name := range []string{"www.example.", "none.example.", "two.example.", "www.elsewhere.", "x.sub.example."} {
		for _, do := range []bool{false, true} {
			q := new(dns.Msg)
			q.SetQuestion(name, dns.TypeA)
			q.SetEdns0(4096, do)
			m := l.exchange(q, 4096)
			o := m.IsEdns0()
			if o == nil || o.Do() != do || o.UDPSize() != ourSize || o.Version() != 0 {
				t.Errorf("%s, DO %v: OPT %v", name, do, o)
			}
		}
		q := new(dns.Msg)
		q.SetQuestion(name, dns.TypeA)
		if m := l.exchange(q, 4096); m.IsEdns0() != nil {
			t.Errorf("%s: OPT without being asked", name)
		}
	}
}

// big is a zone with a name of n addresses.
func big(n int) string {
	zone := exampleZone
	for i := range n {
		zone += fmt.Sprintf("big.example. 30 IN A 10.0.%d.%d\n", i>>8, i&255)
	}
	return zone
}

func TestSizes(t *testing.T) {
	tests := []struct {
		name      string
		addresses int
		edns      uint16
		stream    bool
		answers   int
		tc        bool
	}{
		{"30 fit in 512", 30, 0, false, 30, false},
		{"31 do not", 31, 0, false, 0, true},
		{"an EDNS size below 512 counts as 512", 29, 100, false, 29, false},
		{"70 fit in 1232", 70, 4096, false, 70, false},
		{"76 do not, whatever the client takes", 76, 4096, false, 0, true},
		{"4000 over a stream", 4000, 0, true, 4000, false},
		{"4000 over a stream with EDNS", 4000, 512, true, 4000, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newLab(t, Config{})
			l.load(big(tt.addresses))
			l.batch.Stream = tt.stream
			q := new(dns.Msg)
			q.SetQuestion("big.example.", dns.TypeA)
			if tt.edns != 0 {
				q.SetEdns0(tt.edns, false)
			}
			m := l.exchange(q, 65535)
			if len(m.Answer) != tt.answers || m.Truncated != tt.tc || m.Rcode != 0 {
				t.Errorf("%d answers, TC %v, rcode %d; want %d, %v", len(m.Answer), m.Truncated, m.Rcode, tt.answers, tt.tc)
			}
			if (m.IsEdns0() != nil) != (tt.edns != 0) {
				t.Error("OPT does not answer OPT")
			}
		})
	}
}

// TestTruncatedWithoutWhatMatters verifies TC where glue or the SOA of a
// negative answer does not fit, and only there.
func TestTruncatedWithoutWhatMatters(t *testing.T) {
	zone := exampleZone
	for i := range 13 {
		zone += fmt.Sprintf("many.example. 30 IN NS server%d.many.example.\n", i)
		zone += fmt.Sprintf("server%d.many.example. 30 IN A 192.0.2.%d\n", i, i)
		zone += fmt.Sprintf("server%d.many.example. 30 IN AAAA 2001:db8::%d\n", i, i)
	}
	long := strings.Repeat(strings.Repeat("x", 60)+".", 3)
	zone += "long. 30 IN SOA " + long + "ns. " + long + "host. 1 2 3 4 5\n"
	l := newLab(t, Config{})
	l.load(zone)
	for name, want := range map[string]bool{
		"a.many.example.": true, "a.sub.example.": false,
		long + "none.long.": true, "none.example.": false,
	} {
		if m := l.query(name, dns.TypeA); m.Truncated != want {
			t.Errorf("%s: TC %v, want %v", name, m.Truncated, want)
		}
	}
}
