package snapshot

import (
	"encoding/binary"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// zoneBlock is the block of a zone, from the records of its apex.
func zoneBlock(name *wire.LowerName, body Sets) ([]byte, error) {
	soa := soundSOA(body)
	if soa == nil {
		return nil, ErrRdata
	}
	ttl := min(binary.BigEndian.Uint32(soa[6:]), binary.BigEndian.Uint32(soa[len(soa)-4:]))
	apex := bytesOf(name)

	b := make([]byte, zoneNameOff, 256)
	binary.LittleEndian.PutUint32(b[zoneNameLenOff:], uint32(len(apex)))
	binary.LittleEndian.PutUint32(b[zoneSOALenOff:], uint32(len(soa)-2))
	b = pad8(append(b, apex...))
	at := len(b)
	b = pad8(append(b, soa[2:]...))
	binary.BigEndian.PutUint32(b[at+4:], ttl)
	packed := len(b)
	b = packSOA(b, apex, b[at:at+len(soa)-2])
	binary.LittleEndian.PutUint32(b[zonePackedLenOff:], uint32(len(b)-packed))
	b = pad8(b)
	binary.LittleEndian.PutUint32(b, uint32(len(b)))

	return b, nil
}

// soundSOA is the SOA record of an apex; nil if there is none that a zone can
// be made of.
func soundSOA(body Sets) []byte {
	set := body.Find(wire.TypeSOA)
	if set == nil {
		return nil
	}
	soa, _ := NextRecord(set.Records())
	if len(soa) < rrFixed+20 {
		return nil
	}
	return soa
}

// packSOA appends the packed form of a SOA, of which the owner is left out, to
// b; nothing where there is none.
func packSOA(b, apex, soa []byte) []byte {
	m := wire.SkipName(soa, rrFixed-2)
	if m == 0 || len(apex) < 2 {
		return b
	}
	r := wire.SkipName(soa, m)
	if r == 0 {
		return b
	}
	mname, rname := above(soa[rrFixed-2:m], apex), above(soa[m:r], apex)
	if mname == nil || rname == nil {
		return b
	}
	start := len(b)
	b = append(b, make([]byte, packedHeader)...)
	rr := len(b)
	b = append(append(b, 0, 0), soa[:rrFixed-2]...)
	b = append(append(b, mname...), 0, 0)
	binary.LittleEndian.PutUint16(b[start:], uint16(len(b)-2-rr))
	b = append(append(b, rname...), 0, 0)
	binary.LittleEndian.PutUint16(b[start+2:], uint16(len(b)-2-rr))
	b = append(b, soa[r:]...)
	binary.BigEndian.PutUint16(b[rr+rrFixed-2:], uint16(len(b)-rr-rrFixed))
	return b
}

// above is the labels of a name before the apex, in its own slice and so not
// nil; nil if it does not lie at or below the apex, of lower case.
func above(name, apex []byte) []byte {
	n := len(name) - len(apex)
	if !wire.IsSubdomain(wire.AppendLower(nil, name), apex) {
		return nil
	}
	return name[:n:n]
}
