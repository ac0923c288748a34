package record

import (
	"bytes"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// Canonical is rdata with the names in lower case whose case makes no
// difference: RRs that agree in name, type and it are the same (RFC 4034
// section 6.2, of whose list RFC 6840 section 5.1 takes NSEC off; A6 is opaque
// here). It is data itself if that has no capitals there.
func Canonical(rrtype uint16, data []byte) []byte {
	skip, texts, names := namesIn(rrtype)
	for ; texts > 0 && skip < len(data); texts-- {
		skip += 1 + int(data[skip])
	}
	if names == 0 || skip >= len(data) {
		return data
	}
	end := skip
	for ; names > 0 && end < len(data); names-- {
		if end = wire.SkipName(data, end); end == 0 {
			return data
		}
	}
	if !bytes.ContainsFunc(data[skip:end], func(r rune) bool { return 'A' <= r && r <= 'Z' }) {
		return data
	}
	canonical := append(make([]byte, 0, len(data)), data[:skip]...)
	canonical = wire.AppendLower(canonical, data[skip:end])
	return append(canonical, data[end:]...)
}

// namesIn says where the names of a type's rdata are: how many follow some
// octets and then some character-strings.
func namesIn(rrtype uint16) (octets, texts, names int) {
	switch rrtype {
	case wire.TypeNS, wire.TypeCNAME, wire.TypePTR, wire.TypeDNAME, dns.TypeMD, dns.TypeMF, dns.TypeMB, dns.TypeMG, dns.TypeMR, dns.TypeNXT:
		return 0, 0, 1
	case wire.TypeSOA, dns.TypeMINFO, dns.TypeRP:
		return 0, 0, 2
	case wire.TypeMX, dns.TypeAFSDB, dns.TypeRT, dns.TypeKX:
		return 2, 0, 1
	case dns.TypePX:
		return 2, 0, 2
	case wire.TypeSRV:
		return 6, 0, 1
	case dns.TypeNAPTR:
		return 4, 3, 1
	case dns.TypeSIG, dns.TypeRRSIG:
		return 18, 0, 1
	}
	return 0, 0, 0
}
