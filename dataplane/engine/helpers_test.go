package engine

import (
	"encoding/binary"
	"net/netip"
	"strings"

	"github.com/miekg/dns"
)

// ask sends one message through the engine; nil if it is dropped.
func (l *lab) ask(query []byte, room int) []byte {
	b := l.batch
	b.N = 1
	b.Msg[0] = append(make([]byte, 0, max(room, len(query))), query...)
	l.engine.Answer(l.slot.Enter(), b)
	return b.Msg[0]
}

// query asks for a name and unpacks the reply.
func (l *lab) query(name string, qtype uint16) *dns.Msg {
	l.t.Helper()
	m := new(dns.Msg)
	m.SetQuestion(name, qtype)
	m.RecursionDesired = false
	return l.exchange(m, 4096)
}

func (l *lab) exchange(m *dns.Msg, room int) *dns.Msg {
	l.t.Helper()
	query, err := m.Pack()
	if err != nil {
		l.t.Fatal(err)
	}
	raw := l.ask(query, room)
	if raw == nil {
		return nil
	}
	reply := new(dns.Msg)
	if err := reply.Unpack(raw); err != nil {
		l.t.Fatalf("reply to %v does not parse: %v\n%x", m.Question, err, raw)
	}
	return reply
}

// lines is a section as text, one record a string with single spaces.
func lines(section []dns.RR) []string {
	s := []string{}
	for _, rr := range section {
		if rr.Header().Rrtype != dns.TypeOPT {
			s = append(s, strings.Join(strings.Fields(rr.String()), " "))
		}
	}
	return s
}

// clientOf is the client with an address.
func clientOf(addr string) Client {
	b := netip.MustParseAddr(addr).As16()
	return Client{binary.BigEndian.Uint64(b[:]), binary.BigEndian.Uint64(b[8:])}
}

// networkOf is the network of a prefix.
func networkOf(prefix string) Network {
	p := netip.MustParsePrefix(prefix)
	if p.Addr().Is4() {
		return Network{clientOf(p.Addr().String()), p.Bits() + 96}
	}
	return Network{clientOf(p.Addr().String()), p.Bits()}
}
