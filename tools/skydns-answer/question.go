package main

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// question is what is asked, and how.
type question struct {
	name, qtype, class string
	size               int // of UDP payload that the OPT announces; 0: no OPT
	do, rd, stream     bool
}

// pack is the question as a message with the id 0.
func (q *question) pack() ([]byte, error) {
	name, err := wire.ParseName(q.name)
	if err != nil {
		return nil, fmt.Errorf("name %q: %w", q.name, err)
	}
	qtype, err := number(q.qtype, "TYPE", record.Mnemonic)
	if err != nil {
		return nil, fmt.Errorf("type %q: %w", q.qtype, err)
	}
	class, err := number(q.class, "CLASS", classNumber)
	if err != nil {
		return nil, fmt.Errorf("class %q: %w", q.class, err)
	}
	if q.size < 0 || q.size > 65535 {
		return nil, fmt.Errorf("-edns: want 0 to 65535 octets, not %d", q.size)
	}
	msg := make([]byte, wire.HeaderLen, wire.HeaderLen+len(name)+4+wire.OPTLen)
	binary.BigEndian.PutUint16(msg[4:], 1)
	if q.rd {
		wire.Header(msg).SetFlags(wire.FlagRD)
	}
	msg = append(msg, name...)
	msg = binary.BigEndian.AppendUint16(msg, qtype)
	msg = binary.BigEndian.AppendUint16(msg, class)
	return q.opt(msg), nil
}

// ednsSize is the payload that an OPT announces where -edns does not say.
const ednsSize = 1232

// opt appends the OPT that the question wants (RFC 6891 section 6.1.2).
func (q *question) opt(msg []byte) []byte {
	size, flags := q.size, uint32(0)
	if q.do {
		flags = 1 << 15
		if size == 0 {
			size = ednsSize
		}
	}
	if size == 0 {
		return msg
	}
	binary.BigEndian.PutUint16(msg[10:], 1)
	msg = append(msg, 0, 0, wire.TypeOPT)
	msg = binary.BigEndian.AppendUint16(msg, uint16(size))
	msg = binary.BigEndian.AppendUint32(msg, flags)
	return append(msg, 0, 0)
}

func classNumber(text string) (uint16, bool) {
	n, known := dns.StringToClass[text]
	return n, known
}

// number is a type's or a class's, of its mnemonic in any case, its number, or
// the generic form of RFC 3597 section 5.
func number(text, generic string, known func(string) (uint16, bool)) (uint16, error) {
	text = strings.ToUpper(text)
	if n, ok := known(text); ok {
		return n, nil
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(text, generic), 10, 16)
	if err != nil {
		return 0, fmt.Errorf("want a mnemonic or %snnn", generic)
	}
	return uint16(n), nil
}
