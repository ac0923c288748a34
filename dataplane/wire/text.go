package wire

import (
	"errors"
	"strconv"
)

// Why a text is not a domain name.
var (
	ErrEmptyLabel = errors.New("empty label")
	ErrLongLabel  = errors.New("label longer than 63 octets")
	ErrLongName   = errors.New("name longer than 255 octets")
	ErrBadEscape  = errors.New(`bad escape: want \DDD up to \255 or \X`)
)

// ParseName turns a domain name in presentation form (RFC 1035 section 5.1,
// with or without the last dot) into a new name in wire form, its case kept.
func ParseName(s string) ([]byte, error) {
	if s == "" {
		return nil, ErrEmptyLabel
	}
	if s == "." {
		return []byte{0}, nil
	}
	name := make([]byte, 1, len(s)+2)
	start := 0 // of the label under way: the place of its length
	for i := 0; i < len(s); {
		if s[i] == '.' {
			if err := closeLabel(name, start); err != nil {
				return nil, err
			}
			start = len(name)
			name = append(name, 0)
			i++
			continue
		}
		c, n, err := readOctet(s[i:])
		if err != nil {
			return nil, err
		}
		name = append(name, c)
		i += n
	}
	if start != len(name)-1 { // no dot at the end: the last label is open
		if err := closeLabel(name, start); err != nil {
			return nil, err
		}
		name = append(name, 0)
	}
	if len(name) > MaxName {
		return nil, ErrLongName
	}
	return name, nil
}

// closeLabel writes the length of the label that starts at start and runs to
// the end of name.
func closeLabel(name []byte, start int) error {
	n := len(name) - start - 1
	if n == 0 {
		return ErrEmptyLabel
	}
	if n > MaxLabel {
		return ErrLongLabel
	}
	name[start] = byte(n)
	return nil
}

// readOctet reads one octet of a label, escaped or not, and says how much of
// s it took.
func readOctet(s string) (byte, int, error) {
	if s[0] != '\\' {
		return s[0], 1, nil
	}
	if len(s) < 2 {
		return 0, 0, ErrBadEscape
	}
	if s[1] < '0' || s[1] > '9' {
		return s[1], 2, nil
	}
	if len(s) < 4 {
		return 0, 0, ErrBadEscape
	}
	v, err := strconv.ParseUint(s[1:4], 10, 8)
	if err != nil {
		return 0, 0, ErrBadEscape
	}
	return byte(v), 4, nil
}

// NameString is a name in presentation form with its last dot, octets that
// are not printable ASCII as \DDD. The name must be valid.
func NameString(name []byte) string {
	if len(name) == 0 || name[0] == 0 {
		return "."
	}
	s := make([]byte, 0, len(name)+8)
	for len(name) > 0 && name[0] != 0 {
		l := int(name[0])
		for _, c := range name[1 : 1+l] {
			s = appendOctet(s, c)
		}
		s = append(s, '.')
		name = name[1+l:]
	}
	return string(s)
}

func appendOctet(s []byte, c byte) []byte {
	switch {
	case c == '.' || c == '\\' || c == '"' || c == ';' || c == '(' || c == ')' || c == '@' || c == '$':
		return append(s, '\\', c)
	case c <= ' ' || c >= 0x7f:
		return append(s, '\\', '0'+c/100, '0'+c/10%10, '0'+c%10)
	}
	return append(s, c)
}
