package differential

import (
	"math/rand/v2"
	"net"
	"strings"

	"github.com/miekg/dns"
)

// types are what is asked for; the first ones more often.
var types = []uint16{
	dns.TypeA, dns.TypeA, dns.TypeA, dns.TypeAAAA, dns.TypeNS, dns.TypeTXT, dns.TypeCNAME, dns.TypeDNAME, dns.TypeMX,
	dns.TypeSRV, dns.TypePTR, dns.TypeSOA, dns.TypeDS, dns.TypeCAA, dns.TypeHINFO, dns.TypeSPF, dns.TypeRP, 65280,
	65281, dns.TypeHTTPS, dns.TypeNSEC, dns.TypeRRSIG, dns.TypeANY,
}

// odd are types and classes that are asked for now and then.
var (
	oddTypes   = []uint16{dns.TypeAXFR, dns.TypeIXFR, dns.TypeMAILA, dns.TypeMAILB, dns.TypeTSIG, dns.TypeTKEY, dns.TypeOPT, 0, 200, 65535}
	oddClasses = []uint16{dns.ClassCHAOS, dns.ClassANY, dns.ClassNONE, dns.ClassHESIOD, 0, 65535}
)

// ask makes a query: for a name in, under, above or beside the zones.
func ask(r *rand.Rand, names []string, id uint16) *dns.Msg {
	m := new(dns.Msg)
	m.Id = id
	m.Question = []dns.Question{{Name: mixCase(r, pick(r, names)), Qtype: types[r.IntN(len(types))], Qclass: dns.ClassINET}}
	if r.IntN(200) == 0 {
		m.Question[0].Qtype = oddTypes[r.IntN(len(oddTypes))]
	}
	if r.IntN(200) == 0 {
		m.Question[0].Qclass = oddClasses[r.IntN(len(oddClasses))]
	}
	flags(r, m)
	if r.IntN(2) == 0 {
		m.Extra = append(m.Extra, opt(r))
		if r.IntN(100) == 0 { // one too many
			m.Extra = append(m.Extra, opt(r))
		}
	}
	return m
}

// pick is a name.
func pick(r *rand.Rand, names []string) string {
	name := names[r.IntN(len(names))]
	label := func() string {
		if r.IntN(3) == 0 {
			return "none"
		}
		return labels[r.IntN(len(labels))]
	}
	switch n := r.IntN(100); {
	case n < 45:
	case n < 70:
		name = label() + "." + name
	case n < 80:
		name = label() + "." + label() + "." + name
	case n < 90: // above, or the root
		_, name, _ = strings.Cut(unescaped(name), ".")
		if name = escaped(name); name == "" {
			name = "."
		}
	case n < 95: // beside
		_, above, _ := strings.Cut(unescaped(name), ".")
		name = label() + "." + escaped(above)
	case n < 97: // as long as a name may be, or nearly
		for len(name) < 240 && r.IntN(20) > 0 {
			name = "abcdefghi." + name
		}
	case n < 99:
		name = label() + ".elsewhere.example."
	default:
		name = "."
	}
	// IsDomainName lets 256 octets pass, of which no query can be made that all
	// servers read (RFC 1035 section 3.1): Knot is silent on it, and waited for.
	var wire [255]byte
	if _, err := dns.PackDomainName(name, wire[:], 0, nil, false); err != nil {
		return "a.test."
	}
	return name
}

// mixCase turns some letters into capitals, now and then.
func mixCase(r *rand.Rand, name string) string {
	if r.IntN(4) > 0 {
		return name
	}
	b := []byte(name)
	for i, c := range b {
		if 'a' <= c && c <= 'z' && r.IntN(2) == 0 {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}

// flags sets bits of the header.
func flags(r *rand.Rand, m *dns.Msg) {
	m.RecursionDesired = r.IntN(3) == 0
	m.CheckingDisabled = r.IntN(10) == 0
	m.AuthenticatedData = r.IntN(10) == 0
	m.Zero = r.IntN(50) == 0
	if r.IntN(300) == 0 {
		m.Opcode = 1 + r.IntN(15)
	}
}

// opt is an OPT of one form or another.
func opt(r *rand.Rand) *dns.OPT {
	o := &dns.OPT{Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeOPT}}
	o.SetUDPSize([]uint16{0, 512, 1232, 1232, 1400, 4096, 65535}[r.IntN(7)])
	o.SetDo(r.IntN(4) == 0)
	if r.IntN(100) == 0 {
		o.SetVersion(uint8(1 + r.IntN(255)))
	}
	switch r.IntN(25) {
	case 4:
		o.Option = append(o.Option, &dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: "0123456789abcdef"})
	case 5:
		o.Option = append(o.Option, &dns.EDNS0_SUBNET{Code: dns.EDNS0SUBNET, Family: 1, SourceNetmask: 24, Address: net.IPv4(192, 0, 2, 0)})
	case 6:
		o.Option = append(o.Option, &dns.EDNS0_TCP_KEEPALIVE{Code: dns.EDNS0TCPKEEPALIVE})
	case 0:
		o.Option = append(o.Option, &dns.EDNS0_LOCAL{Code: 65001, Data: []byte("unknown")})
	case 1:
		o.Option = append(o.Option, &dns.EDNS0_PADDING{Padding: make([]byte, r.IntN(100))})
	case 2:
		o.Option = append(o.Option, &dns.EDNS0_NSID{Code: dns.EDNS0NSID})
	case 3:
		o.Option = append(o.Option, &dns.EDNS0_LOCAL{Code: 65002}, &dns.EDNS0_LOCAL{Code: 65003, Data: make([]byte, 300)})
	}
	return o
}
