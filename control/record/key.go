package record

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// Prefix is what the keys of all records start with.
const Prefix = "/skydns/"

// ItemPrefix and 13 base-32 digits are an item label of ours.
const ItemPrefix = "rr-"

var itemDigits = base32.HexEncoding.WithPadding(base32.NoPadding)

// NameKey is the key of a name (wire form, any case), with a slash at the
// end: what the keys of all its records, and of the names below it, start with.
// A slash inside a label is written \047.
func NameKey(name []byte) string {
	var offs [wire.MaxName / 2]uint8 // of labels: each has two octets at least
	n := 0
	for off := 0; off < len(name) && name[off] != 0; off += 1 + int(name[off]) {
		offs[n] = uint8(off)
		n++
	}
	key := append(make([]byte, 0, len(Prefix)+len(name)), Prefix...)
	for n--; n >= 0; n-- {
		off := int(offs[n])
		key = append(appendLabelText(key, name[off+1:off+1+int(name[off])]), '/')
	}
	return string(key)
}

// appendLabelText appends a label in lower case and presentation form, without
// a slash.
func appendLabelText(key, label []byte) []byte {
	for _, c := range label {
		if !isPlain(c) {
			return append(key, labelText(label)...)
		}
	}
	return append(key, label...)
}

// isPlain reports whether an octet of a label is its own text.
func isPlain(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}

// labelText is a label in lower case and presentation form, without a slash.
func labelText(label []byte) string {
	name := append([]byte{byte(len(label))}, label...)
	text := wire.NameString(wire.AppendLower(nil, append(name, 0)))
	return strings.ReplaceAll(strings.TrimSuffix(text, "."), "/", `\047`)
}

// KeyName is the name that the whole of a key stands for, item label
// included, in lower case and wire form.
func KeyName(key string) ([]byte, error) { return AppendKeyName(nil, key) }

// AppendKeyName appends KeyName to an empty slice.
func AppendKeyName(name []byte, key string) ([]byte, error) {
	path, ok := strings.CutPrefix(key, Prefix)
	if !ok {
		return nil, fmt.Errorf("%w: does not start with %s", ErrKey, Prefix)
	}
	path = strings.TrimSuffix(path, "/")
	if path == "" {
		return nil, fmt.Errorf("%w: holds no name", ErrKey)
	}
	name = slices.Grow(name, len(path)+2)
	for path != "" {
		var label string
		cut := strings.LastIndexByte(path, '/')
		path, label = path[:max(cut, 0)], path[cut+1:]
		var err error
		if name, err = appendLabels(name, label); err == nil && cut == 0 {
			err = wire.ErrEmptyLabel
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrKey, err)
		}
	}
	if len(name)+1 > wire.MaxName {
		return nil, fmt.Errorf("%w: %w", ErrKey, wire.ErrLongName)
	}
	return append(name, 0), nil
}

// appendLabels appends what stands between two slashes of a key: one label,
// or several with dots between.
func appendLabels(name []byte, text string) ([]byte, error) {
	if len(text) > 0 && len(text) <= wire.MaxLabel && strings.IndexByte(text, '.') < 0 && strings.IndexByte(text, '\\') < 0 {
		return wire.AppendLower(append(name, byte(len(text))), []byte(text)), nil
	}
	labels, err := wire.ParseName(text)
	if err == nil && len(labels) == 1 {
		err = wire.ErrEmptyLabel
	}
	if err != nil {
		return nil, err
	}
	return wire.AppendLower(name, labels[:len(labels)-1]), nil
}

// itemLabel is the last label of the key of a record of ours, derived from
// its type and its data in wire form. Names in data count whatever their case.
func itemLabel(rrtype uint16, data []byte) string {
	id := binary.BigEndian.AppendUint16(make([]byte, 0, 2+len(data)), rrtype)
	id = append(id, Canonical(rrtype, data)...)
	sum := sha256.Sum256(id)
	return ItemPrefix + strings.ToLower(itemDigits.EncodeToString(sum[:8]))
}

// IsItem reports whether name (wire form, lower case) starts with an item
// label of ours.
func IsItem(name []byte) bool {
	const size = len(ItemPrefix) + 13
	if int(name[0]) != size || string(name[1:1+len(ItemPrefix)]) != ItemPrefix {
		return false
	}
	for _, c := range name[1+len(ItemPrefix) : 1+size] {
		if (c < '0' || c > '9') && (c < 'a' || c > 'v') {
			return false
		}
	}
	return true
}

// nameOffset says where the one name begins that ends the data of a type.
func nameOffset(rrtype uint16) (int, bool) {
	switch rrtype {
	case wire.TypeCNAME, wire.TypeNS, wire.TypePTR, wire.TypeDNAME:
		return 0, true
	case wire.TypeMX:
		return 2, true
	case wire.TypeSRV:
		return 6, true
	}
	return 0, false
}
