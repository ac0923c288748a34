package offline

import (
	"os"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/control/zonefile"
	"github.com/ipdcode/skydns/dataplane/engine"
)

func zones(t *testing.T, texts ...string) []*zonefile.Zone {
	t.Helper()
	var list []*zonefile.Zone
	for _, text := range texts {
		z, err := zonefile.Read(strings.NewReader(text), "", 100)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, z)
	}
	return list
}

// reply asks a server and reads what it says.
func reply(t *testing.T, s *Server, name string, qtype uint16) *dns.Msg {
	t.Helper()
	q := new(dns.Msg)
	q.SetQuestion(name, qtype)
	query, err := q.Pack()
	if err != nil {
		t.Fatal(err)
	}
	m := new(dns.Msg)
	if err := m.Unpack(s.Ask(query, false)); err != nil {
		t.Fatal(err)
	}
	return m
}

// TestLoad verifies that zones in one another are apart, that the next ones
// take their place, and that Close leaves nothing behind.
func TestLoad(t *testing.T) {
	s, err := New(engine.Config{})
	if err != nil {
		t.Fatal(err)
	}
	upper := "z. 5 SOA n. h. 1 2 3 4 5\nz. 5 NS n.\nin.z. 5 NS n.upper.\nin.z. 5 DS 1 8 2 abcd\nx.in.z. 5 A 192.0.2.1\n"
	lower := "in.z. 5 SOA n. h. 1 2 3 4 5\nin.z. 5 NS n.lower.\nin.z. 5 A 192.0.2.2\n"
	if err := s.Load(zones(t, upper, lower)...); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		qtype uint16
		want  string // the only answer; "" for none
	}{
		{"in.z.", dns.TypeNS, "in.z.\t5\tIN\tNS\tn.lower."},
		{"in.z.", dns.TypeA, "in.z.\t5\tIN\tA\t192.0.2.2"},
		{"in.z.", dns.TypeDS, "in.z.\t5\tIN\tDS\t1 8 2 ABCD"},
		{"x.in.z.", dns.TypeA, ""},
	} {
		m := reply(t, s, c.name, c.qtype)
		if c.want == "" && len(m.Answer) == 0 {
			continue
		}
		if len(m.Answer) != 1 || m.Answer[0].String() != c.want {
			t.Errorf("%s %s: %v, want %s", c.name, dns.TypeToString[c.qtype], m.Answer, c.want)
		}
	}
	if err := s.Load(zones(t, upper)...); err != nil {
		t.Fatal(err)
	}
	if m := reply(t, s, "x.in.z.", dns.TypeA); len(m.Ns) != 1 || m.Ns[0].String() != "in.z.\t5\tIN\tNS\tn.upper." {
		t.Errorf("without the zone inside: %v", m)
	}
	dir := s.dir
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("%s is left: %v", dir, err)
	}
}
