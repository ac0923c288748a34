package snapshot

import (
	"encoding/binary"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// Sets is a run of RRsets: the body of a node.
type Sets []byte

// Next cuts the first RRset off. It returns nil at the end, and where the
// rest is damaged.
func (s Sets) Next() (Set, Sets) {
	if len(s) < setHeader {
		return nil, nil
	}
	size := int(binary.LittleEndian.Uint32(s[4:]))
	if size < setHeader || size > len(s) {
		return nil, nil
	}
	return Set(s[:size:size]), s[size:]
}

// Find is the RRset of a type; nil if there is none.
func (s Sets) Find(typ uint16) Set {
	for {
		var set Set
		if set, s = s.Next(); set == nil || set.Type() == typ {
			return set
		}
	}
}

// Set is one RRset; at least setHeader octets.
type Set []byte

// Type is the RR type.
func (s Set) Type() uint16 { return binary.LittleEndian.Uint16(s) }

// Count is the number of records.
func (s Set) Count() int { return int(binary.LittleEndian.Uint16(s[2:])) }

// Records is the records, one behind the other, and what follows them.
func (s Set) Records() []byte { return s[setHeader:] }

// AddrSize is the octets that each record of an A or AAAA RRset takes, its
// owner included; 0 for other types.
func AddrSize(typ uint16) int {
	switch typ {
	case wire.TypeA:
		return rrFixed + 4
	case wire.TypeAAAA:
		return rrFixed + 16
	}
	return 0
}

// HealthIndexes is the place in the health table of each address, for the
// count records of size octets each of an A or AAAA RRset; nil in an RRset
// of one record, whose address is given whatever its state.
func (s Set) HealthIndexes(count, size int) []uint32 {
	off := setHeader + count*size
	if count < 2 || off+4*count > len(s) {
		return nil
	}
	return memory(s).words32(uint64(off), uint64(count))
}

// NextRecord cuts the first record off records that hold it; nil where they
// are cut short.
func NextRecord(records []byte) (rr, rest []byte) {
	if len(records) < rrFixed {
		return nil, nil
	}
	end := rrFixed + int(binary.BigEndian.Uint16(records[10:]))
	if end > len(records) {
		return nil, nil
	}
	return records[:end:end], records[end:]
}
