package stats

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// typeNames are the types that the data plane treats by name.
var typeNames = map[uint16]string{
	wire.TypeA: "A", wire.TypeNS: "NS", wire.TypeCNAME: "CNAME", wire.TypeSOA: "SOA", wire.TypePTR: "PTR",
	wire.TypeMX: "MX", wire.TypeTXT: "TXT", wire.TypeAAAA: "AAAA", wire.TypeSRV: "SRV", wire.TypeDNAME: "DNAME",
}

func typeName(t uint16) string {
	if name, ok := typeNames[t]; ok {
		return name
	}
	return "TYPE" + strconv.Itoa(int(t))
}

// rdata is rdata in presentation form where the type has one here and the
// rdata fits it, else in that of RFC 3597.
func rdata(t uint16, b []byte) string {
	switch t {
	case wire.TypeA, wire.TypeAAAA:
		if a, ok := netip.AddrFromSlice(b); ok {
			return a.String()
		}
	case wire.TypeNS, wire.TypeCNAME, wire.TypePTR, wire.TypeDNAME:
		if wire.ValidName(b) {
			return wire.NameString(b)
		}
	case wire.TypeMX:
		return numbersAndName(b, 1)
	case wire.TypeSRV:
		return numbersAndName(b, 3)
	case wire.TypeTXT:
		if s, ok := strs(b); ok {
			return s
		}
	}
	return opaque(b)
}

// numbersAndName is n numbers of 16 bits and a name.
func numbersAndName(b []byte, n int) string {
	if len(b) < 2*n || !wire.ValidName(b[2*n:]) {
		return opaque(b)
	}
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "%d ", binary.BigEndian.Uint16(b[2*i:]))
	}
	return text.String() + wire.NameString(b[2*n:])
}

// strs is character strings (RFC 1035 section 3.3) in quotes.
func strs(b []byte) (string, bool) {
	var parts []string
	for len(b) > 0 {
		n := 1 + int(b[0])
		if n > len(b) {
			return "", false
		}
		parts = append(parts, quoted(b[1:n]))
		b = b[n:]
	}
	return strings.Join(parts, " "), true
}

func quoted(b []byte) string {
	text := []byte{'"'}
	for _, c := range b {
		switch {
		case c == '"' || c == '\\':
			text = append(text, '\\', c)
		case c < ' ' || c >= 0x7f:
			text = fmt.Appendf(text, `\%03d`, c)
		default:
			text = append(text, c)
		}
	}
	return string(append(text, '"'))
}

func opaque(b []byte) string { return fmt.Sprintf(`\# %d %X`, len(b), b) }
