package api

import (
	"net/http"
	"net/netip"
	"strings"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// kind is the RR type that a body names; 0 where it names none.
func (b *body) kind() (uint16, error) {
	if b.Type == "" {
		return 0, nil
	}
	rrtype, err := record.TypeNumber(b.Type)
	if err != nil {
		return 0, fail(http.StatusBadRequest, "%v", err)
	}
	return rrtype, nil
}

// address reads one of a body's addresses, for records of a type: A takes both
// families, as the ancestor did, and makes an AAAA of IPv6.
func address(rrtype uint16, text string) (netip.Addr, error) {
	addr, err := netip.ParseAddr(text)
	if err != nil || addr.Zone() != "" {
		return netip.Addr{}, fail(http.StatusBadRequest, "%q is not an IP address", text)
	}
	addr = addr.Unmap()
	if rrtype == wire.TypeAAAA && addr.Is4() {
		return netip.Addr{}, fail(http.StatusBadRequest, "%q is not an IPv6 address", text)
	}
	return addr, nil
}

// messages are the records that a body wants to add at its name.
func (b *body) messages(n *names) ([]record.Message, error) {
	rrtype, err := b.kind()
	if err != nil {
		return nil, err
	}
	if b.Update != nil {
		return nil, fail(http.StatusBadRequest, "update: only PUT has it")
	}
	if b.Rdata != "" {
		if rrtype == 0 {
			return nil, fail(http.StatusBadRequest, "rdata without type")
		}
		return b.only(record.Message{Rdata: b.Rdata})
	}
	switch rrtype {
	case 0, wire.TypeA, wire.TypeAAAA:
		return b.addresses(rrtype)
	case wire.TypeSRV:
		return b.services(n)
	case wire.TypeMX:
		return b.pointer(n, "mailHost", b.MailHost, record.Message{Priority: b.MailPriority, Mail: true})
	case wire.TypeNS:
		return b.pointer(n, "nsHost", b.NsHost, record.Message{})
	case wire.TypePTR, wire.TypeCNAME:
		return b.pointer(n, "target", b.Target, record.Message{})
	case wire.TypeTXT:
		return b.only(record.Message{Text: b.Text})
	}
	return nil, fail(http.StatusBadRequest, "%s: want rdata", strings.ToUpper(b.Type))
}

// addresses are an A or AAAA for each of a body's addresses.
func (b *body) addresses(rrtype uint16) ([]record.Message, error) {
	if len(b.IPs) == 0 {
		return nil, fail(http.StatusBadRequest, "ips: want at least one address")
	}
	var list []record.Message
	for _, text := range b.IPs {
		addr, err := address(rrtype, text)
		if err != nil {
			return nil, err
		}
		list = append(list, record.Message{Host: addr.String(), TTL: b.ttl()})
	}
	return list, nil
}

// services are an SRV for each port of each address, or of the target.
func (b *body) services(n *names) ([]record.Message, error) {
	hosts := b.IPs
	if b.Target != "" {
		target, err := n.target(b.Target)
		if err != nil {
			return nil, err
		}
		hosts = append([]string{target}, hosts...)
	}
	if len(hosts) == 0 || len(b.Ports) == 0 {
		return nil, fail(http.StatusBadRequest, "SRV: want ports, and ips or target")
	}
	var list []record.Message
	for _, host := range hosts {
		if host != hosts[0] || b.Target == "" {
			addr, err := address(wire.TypeSRV, host)
			if err != nil {
				return nil, err
			}
			host = addr.String()
		}
		for _, port := range b.Ports {
			list = append(list, record.Message{Type: "SRV", Host: host, Port: port, Priority: b.Priority, Weight: b.Weight, TTL: b.ttl()})
		}
	}
	return list, nil
}

// pointer is one record whose data ends in a name, which field gives.
func (b *body) pointer(n *names, field, host string, m record.Message) ([]record.Message, error) {
	if host == "" {
		return nil, fail(http.StatusBadRequest, "%s: want %s", strings.ToUpper(b.Type), field)
	}
	target, err := n.target(host)
	if err != nil {
		return nil, err
	}
	m.Host = target
	return b.only(m)
}

// only is a list of one record of the body's type.
func (b *body) only(m record.Message) ([]record.Message, error) {
	m.Type, m.TTL = strings.ToUpper(b.Type), b.ttl()
	return []record.Message{m}, nil
}

// ttl is the body's TTL in seconds, 0 for the default.
func (b *body) ttl() uint32 {
	if b.TTL == nil {
		return 0
	}
	return *b.TTL
}
