package record

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// maxRdata is what an RR's length field can state.
const maxRdata = 65535

// Addr is the address that the record points to, if host is one. IPv4
// addresses in IPv6 form become IPv4.
func (m *Message) Addr() (netip.Addr, bool) {
	addr, err := netip.ParseAddr(m.Host)
	if err != nil || addr.Zone() != "" {
		return netip.Addr{}, false
	}
	return addr.Unmap(), true
}

// typed appends the RRs of a message with a type: at name, and for an SRV with an
// address at self, the name of its key.
func (m *Message) typed(rrs []RR, name, self []byte) ([]RR, error) {
	rrtype, err := TypeNumber(m.Type)
	if err != nil {
		return nil, err
	}
	if rrtype == wire.TypeSRV && m.Rdata == "" {
		if addr, isAddr := m.Addr(); isAddr {
			return append(rrs, m.rr(name, wire.TypeSRV, m.srv(self)), m.addrRR(self, addr)), nil
		}
	}
	data, err := m.data(rrtype)
	if err != nil {
		return nil, err
	}
	return append(rrs, m.rr(name, rrtype, data)), nil
}

// data is the rdata that the fields state for a type.
func (m *Message) data(rrtype uint16) ([]byte, error) {
	if m.Rdata != "" {
		return ParseRdata(rrtype, m.Rdata)
	}
	switch rrtype {
	case wire.TypeA, wire.TypeAAAA:
		return m.address(rrtype)
	case wire.TypeTXT:
		return txt(m.Text)
	case wire.TypeCNAME, wire.TypeNS, wire.TypePTR, wire.TypeMX, wire.TypeSRV:
		target, err := m.target()
		if err != nil {
			return nil, err
		}
		switch rrtype {
		case wire.TypeMX:
			return m.mx(target), nil
		case wire.TypeSRV:
			return m.srv(target), nil
		}
		return target, nil
	}
	return nil, fmt.Errorf("%w: %s wants rdata", ErrData, TypeText(rrtype))
}

// address is the rdata of an A or AAAA.
func (m *Message) address(rrtype uint16) ([]byte, error) {
	addr, err := netip.ParseAddr(m.Host)
	switch {
	case err != nil || addr.Zone() != "":
	case rrtype == wire.TypeA && addr.Unmap().Is4():
		return addr.Unmap().AsSlice(), nil
	case rrtype == wire.TypeAAAA && addr.Is6():
		return addr.AsSlice(), nil
	}
	family := "IPv4"
	if rrtype == wire.TypeAAAA {
		family = "IPv6"
	}
	return nil, fmt.Errorf("%w: host %q is not an %s address", ErrData, m.Host, family)
}

// target is the name in host.
func (m *Message) target() ([]byte, error) {
	if _, isAddr := m.Addr(); isAddr {
		return nil, fmt.Errorf("%w: host %q is an address, want a name", ErrData, m.Host)
	}
	name, err := wire.ParseName(m.Host)
	if err != nil {
		return nil, fmt.Errorf("%w: host %q: %w", ErrData, m.Host, err)
	}
	return name, nil
}

// srv is the rdata of an SRV (RFC 2782) with that target, stripped.
func (m *Message) srv(target []byte) []byte {
	data := binary.BigEndian.AppendUint16(make([]byte, 0, 6+len(target)), m.Priority)
	data = binary.BigEndian.AppendUint16(data, m.Weight)
	data = binary.BigEndian.AppendUint16(data, m.Port)
	return append(data, m.strip(target)...)
}

// mx is the rdata of an MX with that target, stripped.
func (m *Message) mx(target []byte) []byte {
	data := binary.BigEndian.AppendUint16(make([]byte, 0, 2+len(target)), m.Priority)
	return append(data, m.strip(target)...)
}

// strip takes TargetStrip labels off a name, or none if it has no more than that.
func (m *Message) strip(name []byte) []byte {
	if int(m.TargetStrip) >= wire.Labels(name) {
		return name
	}
	for range m.TargetStrip {
		name = wire.Parent(name)
	}
	return name
}

// txt is the rdata of a TXT: text in character-strings of at most 255 octets.
func txt(text string) ([]byte, error) {
	if len(text)+len(text)/255+1 > maxRdata {
		return nil, fmt.Errorf("%w: text of %d octets is too long", ErrData, len(text))
	}
	data := make([]byte, 0, len(text)+len(text)/255+1)
	for {
		n := min(len(text), 255)
		data = append(append(data, byte(n)), text[:n]...)
		if text = text[n:]; text == "" {
			return data, nil
		}
	}
}
