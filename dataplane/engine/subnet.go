package engine

import "encoding/binary"

// subnet is a client's network as a resolver tells it (RFC 7871 section 6).
type subnet struct {
	given  bool
	family uint8 // 1 IPv4, 2 IPv6, 0 none
	source uint8 // bits of the network that the resolver tells
	scope  uint8 // bits that the answer depends on
	client Client
}

// octets is how many of the address the option holds.
func (s *subnet) octets() int { return (int(s.source) + 7) / 8 }

// takeSubnet reads the data of a query's first CLIENT-SUBNET option, where the
// one who asks may tell for whom; false if it is not well formed.
func (e *Engine) takeSubnet(b *Batch, i int, data []byte) bool {
	s := &b.options[i].subnet
	if s.given || !e.trusted.hold(b.Client[i]) {
		return true
	}
	if len(data) < 4 {
		return false
	}
	family, source := binary.BigEndian.Uint16(data), data[2]
	most := [...]uint8{0, 32, 128}
	if family > 2 || source > most[family] || data[3] != 0 {
		return false
	}
	*s = subnet{family: uint8(family), source: source}
	if len(data) != 4+s.octets() {
		return false
	}
	var addr [16]byte
	if family == 1 {
		addr[10], addr[11] = 0xff, 0xff
		copy(addr[12:], data[4:])
	} else {
		copy(addr[:], data[4:])
	}
	s.client = Client{binary.BigEndian.Uint64(addr[:]), binary.BigEndian.Uint64(addr[8:])}
	if n := int(source); s.client != s.client.mask(n+128-int(most[family])) {
		return false // bits behind the prefix must be zero
	}
	s.given = true
	return true
}

// put writes the option's data for a reply.
func (s *subnet) put(b []byte) {
	b[0], b[1], b[2], b[3] = 0, s.family, s.source, s.scope
	var addr [16]byte
	binary.BigEndian.PutUint64(addr[:], s.client.Hi)
	binary.BigEndian.PutUint64(addr[8:], s.client.Lo)
	if s.family == 1 {
		copy(b[4:], addr[12:])
	} else {
		copy(b[4:], addr[:])
	}
}
