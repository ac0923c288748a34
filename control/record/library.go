package record

import (
	"fmt"
	"strings"

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
