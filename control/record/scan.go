package record

import (
	"bytes"
	"math"
)

// scan reads a value of the form that programs write most: one flat object of
// the fields of Message, with plain texts and numbers. ok is false for any
// other, well formed or not, which encoding/json then reads. It takes a fifth of
// the time (BenchmarkDecode), which counts where a million records are listed.
func scan(value []byte) (m Message, ok bool) {
	rest, ok := bytes.CutPrefix(value, []byte("{"))
	for first := true; ok; first = false {
		if after, end := bytes.CutPrefix(rest, []byte("}")); end {
			return m, len(after) == 0
		}
		if !first {
			if rest, ok = bytes.CutPrefix(rest, []byte(",")); !ok {
				break
			}
		}
		var key []byte
		if key, rest, ok = scanText(rest); !ok {
			break
		}
		if rest, ok = bytes.CutPrefix(rest, []byte(":")); ok {
			rest, ok = m.scanField(string(key), rest)
		}
	}
	return m, false
}

// scanField reads the value of a field, and gives what follows it.
func (m *Message) scanField(key string, in []byte) (rest []byte, ok bool) {
	var text []byte
	var n uint64
	switch key {
	case "host":
		text, rest, ok = scanText(in)
		m.Host = string(text)
	case "text":
		text, rest, ok = scanText(in)
		m.Text = string(text)
	case "type":
		text, rest, ok = scanText(in)
		m.Type = string(text)
	case "rdata":
		text, rest, ok = scanText(in)
		m.Rdata = string(text)
	case "user":
		text, rest, ok = scanText(in)
		m.User = string(text)
	case "group":
		text, rest, ok = scanText(in)
		m.Group = string(text)
	case "ttl":
		n, rest, ok = scanNumber(in, math.MaxUint32)
		m.TTL = uint32(n)
	case "port":
		n, rest, ok = scanNumber(in, math.MaxUint16)
		m.Port = uint16(n)
	case "priority":
		n, rest, ok = scanNumber(in, math.MaxUint16)
		m.Priority = uint16(n)
	case "weight":
		n, rest, ok = scanNumber(in, math.MaxUint16)
		m.Weight = uint16(n)
	case "targetstrip":
		n, rest, ok = scanNumber(in, math.MaxUint8)
		m.TargetStrip = uint8(n)
	case "mail":
		rest, m.Mail = bytes.CutPrefix(in, []byte("true"))
		ok = m.Mail
	}
	return rest, ok
}

// scanText reads a text without escapes, in ASCII.
func scanText(in []byte) (text, rest []byte, ok bool) {
	if len(in) == 0 || in[0] != '"' {
		return nil, nil, false
	}
	for i := 1; i < len(in); i++ {
		switch c := in[i]; {
		case c == '"':
			return in[1:i], in[i+1:], true
		case c == '\\' || c < ' ' || c > '~':
			return nil, nil, false
		}
	}
	return nil, nil, false
}

// scanNumber reads a number from 0 to most, as JSON writes it.
func scanNumber(in []byte, most uint64) (n uint64, rest []byte, ok bool) {
	i := 0
	for ; i < len(in) && in[i] >= '0' && in[i] <= '9' && n <= most; i++ {
		n = n*10 + uint64(in[i]-'0')
	}
	if i == 0 || i > 1 && in[0] == '0' || n > most || i == len(in) || in[i] != ',' && in[i] != '}' {
		return 0, nil, false
	}
	return n, in[i:], true
}
