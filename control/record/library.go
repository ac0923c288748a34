package record

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// FromRR is a record of the library's as one of ours.
func FromRR(rr dns.RR) (RR, error) {
	h := rr.Header()
	if _, err := TypeNumber(TypeText(h.Rrtype)); err != nil {
		return RR{}, err
	}
	if h.Ttl > maxTTL {
		return RR{}, fmt.Errorf("%w: %d is above %d", ErrTTL, h.Ttl, maxTTL)
	}
	name, err := wire.ParseName(h.Name)
	if err != nil {
		return RR{}, fmt.Errorf("%w: name %q: %w", ErrData, h.Name, err)
	}
	bare := dns.Copy(rr)
	bare.Header().Name = "." // whose length packData knows
	data, err := packData(bare)
	if err != nil {
		return RR{}, err
	}
	return RR{Name: wire.AppendLower(nil, name), Type: h.Rrtype, TTL: h.Ttl, Data: data}, nil
}

// MessageOf is the message of ours that stands for an RR: by field where there
// are fields for its type, so that SkyDNS reads it likewise, else by rdata. A
// TTL of 0, which a message cannot state, becomes 1.
func MessageOf(rr RR) (Message, error) {
	m := Message{Type: TypeText(rr.Type), TTL: max(rr.TTL, 1)}
	switch rr.Type {
	case wire.TypeA, wire.TypeAAAA:
		if addr, ok := netip.AddrFromSlice(rr.Data); ok {
			m.Host = addr.String()
		}
	case wire.TypeCNAME, wire.TypeNS, wire.TypePTR:
		m.Host = wire.NameString(rr.Data)
	case wire.TypeMX:
		if len(rr.Data) > 2 {
			m.Mail, m.Priority = true, binary.BigEndian.Uint16(rr.Data)
			m.Host = wire.NameString(rr.Data[2:])
		}
	case wire.TypeSRV:
		if len(rr.Data) > 6 {
			m.Priority = binary.BigEndian.Uint16(rr.Data)
			m.Weight = binary.BigEndian.Uint16(rr.Data[2:])
			m.Port = binary.BigEndian.Uint16(rr.Data[4:])
			m.Host = wire.NameString(rr.Data[6:])
		}
	case wire.TypeTXT:
		m.Text = joined(rr.Data)
	}
	if data, err := m.data(rr.Type); err == nil && bytes.Equal(data, rr.Data) {
		return m, nil
	}
	m = Message{Type: m.Type, TTL: m.TTL}
	var err error
	m.Rdata, err = rr.DataText()
	return m, err
}

// joined is the character-strings of a TXT, one behind the other; "" if they
// are not valid UTF-8, which a value, as JSON, has to be.
func joined(data []byte) string {
	var all []byte
	for len(data) > 0 && 1+int(data[0]) <= len(data) {
		all = append(all, data[1:1+data[0]]...)
		data = data[1+data[0]:]
	}
	if !utf8.Valid(all) {
		return ""
	}
	return string(all)
}

// DataText is the record's rdata in presentation form, of an unknown type as
// RFC 3597 section 5 has it.
func (rr RR) DataText() (string, error) {
	h := dns.RR_Header{Name: ".", Rrtype: rr.Type, Class: dns.ClassINET, Rdlength: uint16(len(rr.Data))}
	parsed, end, err := dns.UnpackRRWithHeader(h, rr.Data, 0)
	if err != nil || end != len(rr.Data) {
		return "", fmt.Errorf("%w: not rdata of %s", ErrData, TypeText(rr.Type))
	}
	if unknown, ok := parsed.(*dns.RFC3597); ok {
		return fmt.Sprintf(`\# %d %s`, len(rr.Data), unknown.Rdata), nil
	}
	return strings.TrimPrefix(parsed.String(), parsed.Header().String()), nil
}
