package publish

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/tidwall/btree"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/control/store"
)

// maxBelow is how many records of other programs count for one name. SkyDNS
// answers with all that lie below a name, however many; a name that every one
// of a million changes would rewrite serves nobody.
const maxBelow = 1024

// others are the records of other programs, which count for the name of their
// key and for the names above it. They lie in the order of etcd's keys, so
// that those below a name are neighbours: by path, what the keys of that name
// say.
//
// A path is the key of a name without record.Prefix, with a slash at the end.
// What a key says is packed: 8 octets that identify the key, the length of the
// rest as a varint, the length of the group as a varint, the group, its RRs.
type others struct {
	keys btree.Map[string, string]
}

// service is what one key of another program says.
type service struct {
	depth int    // labels of its name
	path  string // of its name
	group string
	rrs   string // packed
}

// pathOf is the path of a name in wire form and lower case.
func pathOf(name []byte) string { return record.NameKey(name)[len(record.Prefix):] }

// nameOf is the name of a path, in wire form.
func nameOf(path string) ([]byte, error) { return record.KeyName(record.Prefix + path) }

// set makes rrs what the key says at a path; none: nothing. It reports
// whether that changes anything. What several keys of a path say is in an order
// that does not depend on the changes by which it came about.
func (o *others) set(path string, id uint64, group string, rrs []record.RR) bool {
	old, _ := o.keys.Get(path)
	var all []string
	for rest := old; rest != ""; {
		known, size := unpackID(rest)
		if known != id {
			all = append(all, rest[:size])
		}
		rest = rest[size:]
	}
	if len(rrs) > 0 {
		all = append(all, string(appendSaid(nil, id, group, rrs)))
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(cmp.Compare(a[8:], b[8:]), cmp.Compare(a, b)) })
	packed := strings.Join(all, "")
	switch {
	case packed == old:
		return false
	case packed == "":
		o.keys.Delete(path)
	default:
		o.keys.Set(path, packed)
	}
	return true
}

// appendSaid packs what a key says.
func appendSaid(b []byte, id uint64, group string, rrs []record.RR) []byte {
	said := binary.AppendUvarint(nil, uint64(len(group)))
	said = append(said, group...)
	for _, rr := range rrs {
		said = appendRR(said, rr)
	}
	b = binary.LittleEndian.AppendUint64(b, id)
	b = binary.AppendUvarint(b, uint64(len(said)))
	return append(b, said...)
}

// unpackID is the key and the size of the first of what appendSaid made.
func unpackID(s string) (id uint64, size int) {
	said, at := uvarint(s, 8)
	return littleEndian64(s), at + int(said)
}

// appendServices appends what the keys at a path say.
func appendServices(list []service, path, packed string) []service {
	depth := strings.Count(path, "/")
	for packed != "" {
		_, size := unpackID(packed)
		_, at := uvarint(packed, 8)
		group, at := uvarint(packed, at)
		end := at + int(group)
		list = append(list, service{depth: depth, path: path, group: packed[at:end], rrs: packed[end:size]})
		packed = packed[size:]
	}
	return list
}

// at is what the keys of one name say.
func (o *others) at(path string) []service {
	packed, _ := o.keys.Get(path)
	return appendServices(nil, path, packed)
}

// below is what the keys of a name and of the names below it say, the first
// maxBelow in the order of keys, without those below the paths in holes.
func (o *others) below(path string, holes []string) []service {
	var list []service
	for from := path; from != ""; {
		next := ""
		o.keys.Ascend(from, func(key, packed string) bool {
			if !strings.HasPrefix(key, path) {
				return false
			}
			if hole := within(key, path, holes); hole != "" {
				next = store.PrefixEnd(hole)
				return false
			}
			list = appendServices(list, key, packed)
			return len(list) < maxBelow
		})
		from = next
	}
	return list
}

// within is that of the holes below path in which key lies, if any.
func within(key, path string, holes []string) string {
	for _, hole := range holes {
		if len(hole) > len(path) && strings.HasPrefix(key, hole) {
			return hole
		}
	}
	return ""
}

// names calls each with the path of every name that has a key of another
// program at or below it, once.
func (o *others) names(each func(path string)) {
	before := ""
	o.keys.Scan(func(key, _ string) bool {
		for i := range len(key) {
			if path := key[:i+1]; key[i] == '/' && !strings.HasPrefix(before, path) {
				each(path)
			}
		}
		before = key
		return true
	})
}
