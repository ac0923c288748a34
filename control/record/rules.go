package record

import (
	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// Single reports whether a name has at most one record of a type (RFC 1034
// section 3.6.2, RFC 1035 section 5.2, RFC 6672 section 2.4).
func Single(rrtype uint16) bool {
	return rrtype == wire.TypeSOA || rrtype == wire.TypeCNAME || rrtype == wire.TypeDNAME
}

// Exclude reports whether a name cannot have records of both types: beside a
// CNAME there are signatures at most (RFC 2181 section 10.1, RFC 4035 section
// 2.5), and NS and DNAME meet at the apex of a zone alone (RFC 6672 section 2.3).
func Exclude(a, b uint16, apex bool) bool {
	switch {
	case a == b:
		return false
	case a == wire.TypeCNAME:
		return b != dns.TypeRRSIG && b != dns.TypeNSEC
	case b == wire.TypeCNAME:
		return a != dns.TypeRRSIG && a != dns.TypeNSEC
	}
	return !apex && (a == wire.TypeNS && b == wire.TypeDNAME || a == wire.TypeDNAME && b == wire.TypeNS)
}

// MaxRRset is how many octets the records of an RRset may take, as Size counts
// them: an RRset is given whole or not at all (RFC 2181 section 9), so one that
// leaves no room in a message of 65,535 octets for the header, the longest
// question and an OPT with all options could never be asked for.
const MaxRRset = 65535 - 512

// Size is the octets that a record with that rdata takes in a message: its
// owner is a pointer, names in the rdata are not compressed.
func Size(data []byte) int { return 2 + 10 + len(data) }
