package publish

import (
	"encoding/binary"
	"hash/maphash"

	"github.com/ipdcode/skydns/control/record"
)

// table is the records of ours of all names, by name in wire form. It is what
// takes control's memory: each name has one string of packed items, which are
// 8 octets that identify the etcd key each came from, and an RR.
type table map[string]string

// keySeed makes the identities of etcd keys, which never leave the process.
var keySeed = maphash.MakeSeed()

// keyID identifies an etcd key.
func keyID(key string) uint64 { return maphash.String(keySeed, key) }

// nameID identifies a name likewise.
func nameID(name []byte) uint64 { return maphash.Bytes(keySeed, name) }

// set makes rrs, those of one name, what the key contributes to the name.
// It reports whether that changes anything.
func (t table) set(name []byte, id uint64, rrs []record.RR) bool {
	old := t[string(name)]
	if old == "" && len(rrs) == 0 {
		return false
	}
	packed := make([]byte, 0, len(old)+32*len(rrs))
	for rest := old; rest != ""; {
		_, known, size := unpack(rest)
		if known != id {
			packed = append(packed, rest[:size]...)
		}
		rest = rest[size:]
	}
	for _, rr := range rrs {
		packed = appendItem(packed, id, rr)
	}
	if string(packed) == old {
		return false
	}
	if len(packed) == 0 {
		delete(t, string(name))
	} else {
		t[string(name)] = string(packed)
	}
	return true
}

// add is set for a key that contributes nothing yet.
func (t table) add(id uint64, rr record.RR) {
	var room [128]byte
	t[string(rr.Name)] += string(appendItem(room[:0], id, rr))
}

// item is one RR.
type item struct {
	rrtype uint16
	ttl    uint32
	data   string
}

func appendItem(b []byte, id uint64, rr record.RR) []byte {
	return appendRR(binary.LittleEndian.AppendUint64(b, id), rr)
}

// appendRR packs an RR without its name: 2 octets of type, the TTL and the
// length of the data as varints, the data.
func appendRR(b []byte, rr record.RR) []byte {
	b = binary.LittleEndian.AppendUint16(b, rr.Type)
	b = binary.AppendUvarint(b, uint64(rr.TTL))
	b = binary.AppendUvarint(b, uint64(len(rr.Data)))
	return append(b, rr.Data...)
}

// unpack is the first item of what appendItem made, its key and its size.
func unpack(s string) (it item, id uint64, size int) {
	it, size = unpackRR(s[8:])
	return it, littleEndian64(s), 8 + size
}

// unpackRR is the first RR of what appendRR made, and its size.
func unpackRR(s string) (item, int) {
	ttl, at := uvarint(s, 2)
	size, at := uvarint(s, at)
	end := at + int(size)
	return item{rrtype: uint16(s[0]) | uint16(s[1])<<8, ttl: uint32(ttl), data: s[at:end]}, end
}

func littleEndian64(s string) (v uint64) {
	for i := 7; i >= 0; i-- {
		v = v<<8 | uint64(s[i])
	}
	return v
}

// uvarint reads a varint at an offset, and gives the offset behind it.
func uvarint(s string, at int) (uint64, int) {
	var v uint64
	for shift := 0; ; shift += 7 {
		c := s[at]
		at++
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return v, at
		}
	}
}
