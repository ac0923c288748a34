package record

import (
	"fmt"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// foreignPriority is the priority that SkyDNS takes for a record without one.
const foreignPriority = 10

// foreign appends the RRs of a message without a type at the name of its key, as
// SkyDNS takes it.
func (m *Message) foreign(rrs []RR, self []byte) ([]RR, error) {
	if m.Priority == 0 {
		m.Priority = foreignPriority
	}
	if addr, isAddr := m.Addr(); isAddr {
		return m.services(append(rrs, m.addrRR(self, addr)), self, self), nil
	}
	switch {
	case m.Text != "":
		data, err := txt(m.Text)
		return append(rrs, m.rr(self, wire.TypeTXT, data)), err
	case m.Host == "":
		return nil, fmt.Errorf("%w: neither host nor text", ErrData)
	}
	target, err := m.target()
	if err != nil {
		return nil, err
	}
	if with := m.services(rrs, self, target); len(with) > len(rrs) {
		return with, nil
	}
	if Reverse(self) > 0 {
		return append(rrs, m.rr(self, wire.TypePTR, target)), nil
	}
	return append(rrs, m.rr(self, wire.TypeCNAME, target)), nil
}

// services appends the MX and the SRV that the message stands for, with that
// target. The SRV has the message's own weight, 0 if it states none.
func (m *Message) services(rrs []RR, self, target []byte) []RR {
	if m.Mail {
		rrs = append(rrs, m.rr(self, wire.TypeMX, m.mx(target)))
	}
	if m.Port != 0 {
		rrs = append(rrs, m.rr(self, wire.TypeSRV, m.srv(target)))
	}
	return rrs
}

// The trees of names that stand for addresses (RFC 1035 section 3.5, RFC 3596
// section 2.5), and how many labels the name of a whole address has.
var reverseTrees = []struct {
	suffix string // wire form
	labels int
}{{"\x07in-addr\x04arpa\x00", 2 + 4}, {"\x03ip6\x04arpa\x00", 2 + 32}}

// Reverse is how many labels the name of a whole address has in the tree of
// addresses that name (wire form, lower case) is in; 0: it is in none.
func Reverse(name []byte) int {
	for _, tree := range reverseTrees {
		if wire.IsSubdomain(name, []byte(tree.suffix)) {
			return tree.labels
		}
	}
	return 0
}
