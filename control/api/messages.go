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

// messages are the records that a body states, at its name.
func (b *body) messages(n *names) ([]record.Message, error) {
	rrtype, err := b.kind()
	if err != nil {
		return nil, err
	}
	if b.Rdata != "" {
		return b.stated(rrtype)
	}
	switch rrtype {
	case 0, wire.TypeA, wire.TypeAAAA:
		return b.addresses(rrtype)
	case wire.TypeSRV:
		return b.services(n)
	case wire.TypeMX:
		return b.pointer(n, "mailHost", b.MailHost, record.Message{Priority: value(b.MailPriority), Mail: true}, "mailPriority")
	case wire.TypeNS:
		return b.pointer(n, "nsHost", b.NsHost, record.Message{})
	case wire.TypePTR, wire.TypeCNAME:
		return b.pointer(n, "target", b.Target, record.Message{})
	case wire.TypeTXT:
		if b.Text == nil {
			return nil, fail(http.StatusBadRequest, "TXT: want text")
		}
		return b.one(record.Message{Text: *b.Text}, "text")
	}
	return nil, fail(http.StatusBadRequest, "%s: want rdata", strings.ToUpper(b.Type))
}

// stated is the record whose data is given in presentation form. It is kept as
// one whose data is given by fields, so that it is the same record.
func (b *body) stated(rrtype uint16) ([]record.Message, error) {
	if rrtype == 0 {
		return nil, fail(http.StatusBadRequest, "rdata without type")
	}
	if err := b.only("rdata"); err != nil {
		return nil, err
	}
	m, err := presented(rrtype, b.Rdata)
	if err != nil {
		return nil, err
	}
	m.TTL = b.ttl()
	return []record.Message{m}, nil
}

// presented is a record of a type by its data in presentation form.
func presented(rrtype uint16, text string) (record.Message, error) {
	data, err := record.ParseRdata(rrtype, text)
	if err != nil {
		return record.Message{}, fail(http.StatusBadRequest, "%v", err)
	}
	m, err := record.MessageOf(record.RR{Type: rrtype, Data: data})
	if err != nil {
		return record.Message{}, fail(http.StatusBadRequest, "%v", err)
	}
	return m, nil
}

// addresses are an A or AAAA for each of a body's addresses.
func (b *body) addresses(rrtype uint16) ([]record.Message, error) {
	if err := b.only("ips"); err != nil {
		return nil, err
	}
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

// services are an SRV for each port of each address and of the target.
func (b *body) services(n *names) ([]record.Message, error) {
	if err := b.only("ips", "ports", "target", "priority", "weight"); err != nil {
		return nil, err
	}
	hosts, err := b.hosts(n)
	if err != nil {
		return nil, err
	}
	if len(hosts) == 0 || len(b.Ports) == 0 {
		return nil, fail(http.StatusBadRequest, "SRV: want ports, and ips or target")
	}
	var list []record.Message
	for _, host := range hosts {
		for _, port := range b.Ports {
			list = append(list, record.Message{
				Type: "SRV", Host: host, Port: port, Priority: value(b.Priority), Weight: value(b.Weight), TTL: b.ttl(),
			})
		}
	}
	return list, nil
}

// hosts are the target and the addresses of an SRV's body.
func (b *body) hosts(n *names) ([]string, error) {
	var hosts []string
	if b.Target != "" {
		target, err := n.target(b.Target)
		if err != nil {
			return nil, err
		}
		hosts = append(hosts, target)
	}
	for _, text := range b.IPs {
		addr, err := address(wire.TypeSRV, text)
		if err != nil {
			return nil, err
		}
		hosts = append(hosts, addr.String())
	}
	return hosts, nil
}

// pointer is one record whose data ends in a name, which field gives; others
// are the fields that may go with it.
func (b *body) pointer(n *names, field, host string, m record.Message, others ...string) ([]record.Message, error) {
	if host == "" {
		return nil, fail(http.StatusBadRequest, "%s: want %s", strings.ToUpper(b.Type), field)
	}
	target, err := n.target(host)
	if err != nil {
		return nil, err
	}
	m.Host = target
	return b.one(m, append([]string{field}, others...)...)
}

// one is a list of one record of the body's type, which the named fields state.
func (b *body) one(m record.Message, fields ...string) ([]record.Message, error) {
	m.Type, m.TTL = strings.ToUpper(b.Type), b.ttl()
	return []record.Message{m}, b.only(fields...)
}

// ttl is the body's TTL in seconds, 0 for the default.
func (b *body) ttl() uint32 {
	if b.TTL == nil {
		return 0
	}
	return *b.TTL
}

// value is a number that a body may leave out.
func value(n *uint16) uint16 {
	if n == nil {
		return 0
	}
	return *n
}
