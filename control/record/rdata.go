package record

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// TypeNumber is the number of an RR type that can be stored, of its mnemonic
// in any case or TYPEnnn (RFC 3597 section 5).
func TypeNumber(text string) (uint16, error) {
	text = strings.ToUpper(text)
	n, known := Mnemonic(text)
	if digits, ok := strings.CutPrefix(text, "TYPE"); ok && !known {
		v, err := strconv.ParseUint(digits, 10, 16)
		n, known = uint16(v), err == nil
	}
	if !known {
		return 0, fmt.Errorf("%w: %q is not an RR type", ErrType, text)
	}
	// RFC 6895 section 3.1: 128 to 255 and OPT are questions and meta data.
	if n == 0 || n == dns.TypeOPT || n >= 128 && n <= 255 {
		return 0, fmt.Errorf("%w: %s cannot be stored", ErrType, text)
	}
	return n, nil
}

// unread are types of the IANA registry whose data the library cannot read as
// text: it is given in the generic form.
var unread = map[string]uint16{"WKS": 11, "NSAP": 22, "A6": 38, "SINK": 40, "DSYNC": 66, "HHIT": 67, "BRID": 68,
	"DOA": 259, "WALLET": 262, "CLA": 263, "IPN": 264}

// Mnemonic is the number of an RR type's mnemonic, in capitals.
func Mnemonic(text string) (uint16, bool) {
	n, known := dns.StringToType[text]
	if !known {
		n, known = unread[text]
	}
	return n, known
}

// TypeText is the mnemonic of an RR type, or TYPEnnn.
func TypeText(rrtype uint16) string { return dns.Type(rrtype).String() }

// ParseRdata turns rdata in presentation form, or in the generic form \# of
// RFC 3597 section 5, into wire form without compression. Names in it are
// taken as complete, with or without the last dot.
func ParseRdata(rrtype uint16, text string) ([]byte, error) {
	if rest, ok := strings.CutPrefix(strings.TrimSpace(text), `\#`); ok {
		return parseGeneric(rrtype, rest)
	}
	if strings.TrimSpace(text) == "" || strings.ContainsAny(text, "\r\n") {
		return nil, fmt.Errorf("%w: rdata is empty or more than one line", ErrData)
	}
	rr, err := dns.NewRR(". 0 IN " + TypeText(rrtype) + " " + text)
	if err != nil {
		return nil, fmt.Errorf("%w: rdata of %s: %s", ErrData, TypeText(rrtype), parseMessage(err))
	}
	// The library reads the numbers that an SOA lacks as zeros.
	short := rrtype == dns.TypeSOA && len(strings.Fields(text)) < 7
	if rr == nil || rr.Header().Rrtype != rrtype || short {
		return nil, fmt.Errorf("%w: rdata of %s is not complete", ErrData, TypeText(rrtype))
	}
	return packData(rr)
}

// parseMessage takes the zone file's words off a parse error: there is no
// file and no line here.
func parseMessage(err error) string {
	text := strings.TrimPrefix(err.Error(), "dns: ")
	if i := strings.LastIndex(text, " at line:"); i >= 0 {
		text = text[:i]
	}
	return text
}

// parseGeneric reads what follows \#: the length and the octets in hex. What
// it says for a known type must be valid for that type.
func parseGeneric(rrtype uint16, text string) ([]byte, error) {
	fields := strings.Fields(text)
	if len(fields) == 0 {
		return nil, fmt.Errorf(`%w: \# wants a length and hex digits`, ErrData)
	}
	size, err := strconv.ParseUint(fields[0], 10, 16)
	if err != nil {
		return nil, fmt.Errorf(`%w: length %q after \#`, ErrData, fields[0])
	}
	data, err := hex.DecodeString(strings.Join(fields[1:], ""))
	if err != nil {
		return nil, fmt.Errorf(`%w: octets after \#: %w`, ErrData, err)
	}
	if len(data) != int(size) {
		return nil, fmt.Errorf(`%w: \# states %d octets, %d follow`, ErrData, size, len(data))
	}
	if _, known := dns.TypeToRR[rrtype]; !known {
		return data, nil
	}
	header := dns.RR_Header{Name: ".", Rrtype: rrtype, Class: dns.ClassINET, Rdlength: uint16(size)}
	rr, end, err := dns.UnpackRRWithHeader(header, data, 0)
	if err != nil || end != len(data) || size == 0 {
		return nil, fmt.Errorf("%w: the octets are not rdata of %s", ErrData, TypeText(rrtype))
	}
	return packData(rr)
}

// packData is the rdata of rr in wire form.
func packData(rr dns.RR) ([]byte, error) {
	data, err := pack(rr)
	if err != nil {
		return nil, fmt.Errorf("%w: rdata of %s: %w", ErrData, TypeText(rr.Header().Rrtype), err)
	}
	if !isRdata(rr.Header().Rrtype, data) {
		return nil, fmt.Errorf("%w: rdata of %s is not complete", ErrData, TypeText(rr.Header().Rrtype))
	}
	return data, nil
}

// pack is packData without a look at what comes out.
func pack(rr dns.RR) ([]byte, error) {
	const header = 1 + 10 // the root's name, type, class, TTL, length
	buf := make([]byte, dns.Len(rr)+header)
	end, err := dns.PackRR(rr, buf, 0, nil, false)
	return buf[min(header, end):end:end], err
}

// isRdata reports whether data is rdata of a type, as far as that is known. The
// library packs what it has no value for as nothing, and takes what ends early:
// only reading its text again tells.
func isRdata(rrtype uint16, data []byte) bool {
	if name, ok := nameOffset(rrtype); ok {
		return len(data) > name && wire.ValidName(data[name:])
	}
	if _, known := dns.TypeToRR[rrtype]; !known || rrtype == dns.TypeA || rrtype == dns.TypeAAAA {
		return !known || len(data) == net.IPv4len || len(data) == net.IPv6len
	}
	header := dns.RR_Header{Name: ".", Rrtype: rrtype, Class: dns.ClassINET, Rdlength: uint16(len(data))}
	rr, end, err := dns.UnpackRRWithHeader(header, data, 0)
	if err != nil || end != len(data) || end == 0 {
		return false
	}
	again, err := dns.NewRR(rr.String())
	if err != nil || again == nil {
		return false
	}
	repacked, err := pack(again)
	return err == nil && bytes.Equal(repacked, data)
}
