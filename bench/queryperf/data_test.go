package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// TestLoad verifies what lines mean, by what another library reads in the messages.
func TestLoad(t *testing.T) {
	o := defaults()
	o.given['p'] = true
	o.do = true
	d, err := load(o, strings.NewReader(`; a comment
www.Example.com A
#server 192.0.2.7
#port 99
# any other line
  a\.b.example	TYPE65280
. ns
`))
	if err != nil {
		t.Fatal(err)
	}
	if o.server != "192.0.2.7" || o.port != 53 {
		t.Errorf("directives: server %s, port %d", o.server, o.port)
	}
	var got []string
	for i := range d.len() {
		var m dns.Msg
		if err := m.Unpack(d.query(uint32(i))); err != nil {
			t.Fatal(err)
		}
		if opt := m.IsEdns0(); opt == nil || !opt.Do() || opt.UDPSize() != ednsSize || !m.RecursionDesired {
			t.Errorf("query %v: OPT %v", m.Question, opt)
		}
		got = append(got, m.Question[0].Name+" "+dns.Type(m.Question[0].Qtype).String())
		if text := questionText(d.query(uint32(i))); text != got[i] {
			t.Errorf("text %q, want %q", text, got[i])
		}
	}
	if want := []string{"www.Example.com. A", `a\.b.example. TYPE65280`, ". NS"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestLoadErrors verifies that what is wrong is said with its line.
func TestLoadErrors(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":            {"; nothing\n", "no query"},
		"no type":          {"a A\nb\n", "stdin:2"},
		"unknown type":     {"a NOSUCH\n", "NOSUCH"},
		"bad name":         {"a..b A\n", "a..b"},
		"bad directive":    {"#port many\n", "#port"},
		"directive, empty": {"#server\n", "#server"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := load(defaults(), strings.NewReader(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

// FuzzLoad wants that any text is refused or becomes messages that others read.
func FuzzLoad(f *testing.F) {
	f.Add("www.example.com A\n. ANY\n#maxwait 3\n;\n\\255\\.x TYPE1\n")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := load(defaults(), strings.NewReader(text))
		if err != nil {
			return
		}
		for i := range d.len() {
			var m dns.Msg
			if err := m.Unpack(d.query(uint32(i))); err != nil {
				t.Fatalf("query %d of %q: %v", i, text, err)
			}
		}
	})
}

// TestExpected verifies which answers are right.
func TestExpected(t *testing.T) {
	file := filepath.Join(t.TempDir(), "expected")
	if err := os.WriteFile(file, []byte(`; name type rcode rdata
a.Example A NOERROR 192.0.2.2 | 192.0.2.1
b.example A NOERROR any 192.0.2.1 | 192.0.2.2
c.example A NXDOMAIN
d.example MX NOERROR 10 Mail.example.
`), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := load(defaults(), strings.NewReader("a.example A\nb.example A\nc.example A\nd.example MX\ne.example A\n"))
	if err != nil {
		t.Fatal(err)
	}
	want, err := loadExpected(file, d)
	if err != nil {
		t.Fatal(err)
	}
	c := newChecker(want)
	for _, tt := range []struct {
		name  string
		query uint32
		rcode int
		rrs   []string
		right bool
	}{
		{"all", 0, 0, []string{"a.example. 5 A 192.0.2.1", "a.example. 5 A 192.0.2.2"}, true},
		{"in another order", 0, 0, []string{"a.example. 5 A 192.0.2.2", "a.example. 5 A 192.0.2.1"}, true},
		{"behind an alias", 0, 0, []string{"a.example. 5 CNAME x.", "x. 5 A 192.0.2.2", "x. 5 A 192.0.2.1"}, true},
		{"one too few", 0, 0, []string{"a.example. 5 A 192.0.2.1"}, false},
		{"another address", 0, 0, []string{"a.example. 5 A 192.0.2.1", "a.example. 5 A 192.0.2.3"}, false},
		{"another rcode", 0, dns.RcodeServerFailure, nil, false},
		{"one of any", 1, 0, []string{"b.example. 5 A 192.0.2.2"}, true},
		{"none of any", 1, 0, nil, false},
		{"none", 2, dns.RcodeNameError, nil, true},
		{"names in other case", 3, 0, []string{"d.example. 5 MX 10 mail.EXAMPLE."}, true},
		{"nothing expected", 4, dns.RcodeRefused, nil, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var m dns.Msg
			if err := m.Unpack(d.query(tt.query)); err != nil {
				t.Fatal(err)
			}
			m.Response, m.Rcode = true, tt.rcode
			for _, s := range tt.rrs {
				rr, err := dns.NewRR(s)
				if err != nil {
					t.Fatal(err)
				}
				m.Answer = append(m.Answer, rr)
			}
			reply, err := m.Pack()
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second time it is known
				if got := c.right(tt.query, reply); got != tt.right {
					t.Errorf("right is %v", got)
				}
			}
		})
	}
}

// FuzzExpected wants that any line is refused or can be compared with.
func FuzzExpected(f *testing.F) {
	f.Add("a.example A NOERROR any 192.0.2.1 | 192.0.2.2", []byte{})
	f.Add("d.example MX NOERROR 10 mail.example.", []byte("\x00\x01\x80\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x0f\x00\x01"))
	f.Fuzz(func(t *testing.T, line string, reply []byte) {
		if _, e, err := parseExpected(line); err == nil {
			e.met(reply)
		}
	})
}
