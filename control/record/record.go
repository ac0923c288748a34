package record

import (
	"encoding/json"
	"fmt"
	"net/netip"

	"github.com/ipdcode/skydns/dataplane/wire"
)

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
func ParseAt(self, value []byte) (r Record, err error) {
	err = r.ParseAt(self, value)
	return r, err
}

// ParseAt makes r what the function of that name returns. It uses the memory of
// what r was before, Stated too. After an error r is nothing.
func (r *Record) ParseAt(self, value []byte) (err error) {
	rrs := r.rrs[:0]
	*r = Record{rrs: rrs}
	defer func() {
		if err != nil {
			*r = Record{rrs: rrs}
		}
	}()
	if r.Message, err = decode(value); err != nil {
		return err
	}
	r.Name = self
	if r.Message.Type == "" {
		r.rrs, err = r.Message.foreign(rrs, self)
		return err
	}
	if r.Own = IsItem(self); r.Own {
		r.Name = wire.Parent(self)
	}
	r.rrs, err = r.Message.typed(rrs, r.Name, self)
	return err
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
	rrs, err := m.typed(nil, name, nil)
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
	item := itemLabel(rrs[0].Type, id)
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

// Stated are the resource records at the record's own name and, of an SRV of
// ours with an address, at the name of its key. They share memory with r.
func (r *Record) Stated() []RR { return r.rrs }

// RRs are Stated and, of a record that is not of ours, the same at the name
// above, which takes the key's last label for an item's: what a person who
// manages names sees of it in a zone (wire form, lower case) that holds r.Name.
func (r *Record) RRs(zone []byte) []RR {
	if r.Own {
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

func (m *Message) rr(name []byte, rrtype uint16, data []byte) RR {
	return RR{Name: name, Type: rrtype, TTL: m.effectiveTTL(), Data: data}
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
