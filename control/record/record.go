package record

import (
	"encoding/json"
	"fmt"
	"net/netip"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// foreignPriority is the priority that SkyDNS takes for a record without one.
const foreignPriority = 10

// RR is one resource record of class IN.
type RR struct {
	Name []byte // wire form, lower case
	Type uint16
	TTL  uint32 // seconds
	Data []byte // rdata in wire form, without compression
}

// Record is a key and value of etcd, understood.
type Record struct {
	// Name is the name the record is at, in wire form and lower case: of a
	// record of ours the key without its item label, else the whole key.
	Name []byte

	// Own tells that the key ends in an item label of ours.
	Own bool

	Message Message

	rrs []RR
}

// Parse understands a key, with or without a slash at the end, and its value.
// The error is one of the kinds that Reason tells.
func Parse(key string, value []byte) (Record, error) {
	self, err := KeyName(key)
	if err != nil {
		return Record{}, err
	}
	return ParseAt(self, value)
}

// ParseAt is Parse for a key whose name (of KeyName) is known already.
func ParseAt(self, value []byte) (Record, error) {
	m, err := decode(value)
	if err != nil {
		return Record{}, err
	}
	r := Record{Name: self, Message: m}
	if m.Type == "" {
		r.rrs, err = m.foreign(self)
		return r, err
	}
	if r.Own = isItem(self); r.Own {
		r.Name = wire.Parent(self)
	}
	r.rrs, err = m.typed(r.Name, self)
	return r, err
}

// New makes the key and the value of a record of ours at a name (wire form,
// any case). The type is written in capitals; a type that the message leaves
// out is taken from the address in host.
func New(name []byte, m Message) (key string, value []byte, err error) {
	if addr, ok := m.Addr(); ok && m.Type == "" {
		m.Type = addrType(addr)
	}
	if m.TTL > maxTTL {
		return "", nil, fmt.Errorf("%w: %d is above %d", ErrTTL, m.TTL, maxTTL)
	}
	rrs, err := m.typed(name, nil)
	if err != nil {
		return "", nil, err
	}
	m.Type = TypeText(rrs[0].Type)
	m.Mail = rrs[0].Type == wire.TypeMX
	id := rrs[0].Data
	if len(rrs) > 1 {
		// The target of an SRV with an address is the key itself, which is
		// not known yet: the address, as text, stands for it in the label.
		id = append(id, m.Host...)
	}
	item := ItemLabel(rrs[0].Type, id)
	if len(name)+1+len(item) > wire.MaxName {
		return "", nil, fmt.Errorf("%w: %w", ErrKey, wire.ErrLongName)
	}
	value, err = json.Marshal(m)
	if err != nil {
		return "", nil, fmt.Errorf("%w: %w", ErrValue, err)
	}
	return NameKey(name) + item, value, nil
}

// Type is the record's type: of a record without "type", that of its data.
func (r *Record) Type() uint16 { return r.rrs[0].Type }

// RRs are the resource records that the record stands for in a zone (wire
// form, lower case), which holds r.Name. They share memory with r.
func (r *Record) RRs(zone []byte) []RR {
	if r.Message.Type != "" && r.Own {
		return r.rrs
	}
	above := wire.Parent(r.Name)
	if len(above) <= len(zone) {
		return r.rrs
	}
	rrs := r.rrs[:len(r.rrs):len(r.rrs)]
	for _, rr := range r.rrs {
		rr.Name = above
		rrs = append(rrs, rr)
	}
	return rrs
}

// NamesOf are the names in zone for which a record with a key of that name
// (of KeyName) may count, whatever its value.
func NamesOf(self, zone []byte) [][]byte {
	if len(self) <= len(zone) {
		return [][]byte{self}
	}
	return [][]byte{self, wire.Parent(self)}
}

// foreign is the RRs of a message without a type at the name of its key, as
// SkyDNS takes it.
func (m *Message) foreign(self []byte) ([]RR, error) {
	if m.Priority == 0 {
		m.Priority = foreignPriority
	}
	addr, isAddr := m.Addr()
	switch {
	case isAddr:
		rrs := []RR{m.addrRR(self, addr)}
		if m.Mail {
			rrs = append(rrs, m.rr(self, wire.TypeMX, m.mx(self)))
		}
		if m.Port != 0 {
			rrs = append(rrs, m.rr(self, wire.TypeSRV, m.srv(self)))
		}
		return rrs, nil
	case m.Text != "":
		data, err := txt(m.Text)
		return []RR{m.rr(self, wire.TypeTXT, data)}, err
	case m.Host == "":
		return nil, fmt.Errorf("%w: neither host nor text", ErrData)
	}
	target, err := m.target()
	if err != nil {
		return nil, err
	}
	switch {
	case m.Mail:
		return []RR{m.rr(self, wire.TypeMX, m.mx(target))}, nil
	case m.Port != 0:
		return []RR{m.rr(self, wire.TypeSRV, m.srv(target))}, nil
	}
	return []RR{m.rr(self, wire.TypeCNAME, target)}, nil
}

func (m *Message) rr(name []byte, rrtype uint16, data []byte) RR {
	return RR{Name: name, Type: rrtype, TTL: m.EffectiveTTL(), Data: data}
}

func (m *Message) addrRR(name []byte, addr netip.Addr) RR {
	rrtype := uint16(wire.TypeA)
	if addr.Is6() {
		rrtype = wire.TypeAAAA
	}
	return m.rr(name, rrtype, addr.AsSlice())
}

func addrType(addr netip.Addr) string {
	if addr.Is6() {
		return "AAAA"
	}
	return "A"
}
