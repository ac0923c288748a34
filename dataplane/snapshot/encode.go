package snapshot

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// RRset is the records of one type at one name, as the control side gives
// and gets them. Data holds the rdata of each record in wire form with
// uncompressed names.
type RRset struct {
	Type uint16
	TTL  uint32 // seconds
	Data [][]byte
}

// Why records are refused.
var (
	ErrName     = errors.New("not a domain name in wire form")
	ErrTooLarge = errors.New("records too large for one name")
	ErrRdata    = errors.New("rdata not valid for its type")
	ErrTwice    = errors.New("two RRsets of one type")
)

const questionPointer = 0xc00c // RFC 1035 section 4.1.4: the name at offset 12

// appendSets appends the body of a node: sets in order of their types, the
// health indexes left zero.
func appendSets(b []byte, sets []RRset) ([]byte, Flags, error) {
	if len(sets) > 1 {
		sets = slices.Clone(sets)
		slices.SortStableFunc(sets, func(x, y RRset) int { return int(x.Type) - int(y.Type) })
	}
	start := len(b)
	var flags Flags
	for i, s := range sets {
		if len(s.Data) == 0 {
			continue
		}
		if i > 0 && sets[i-1].Type == s.Type {
			return nil, 0, fmt.Errorf("%w: %d", ErrTwice, s.Type)
		}
		var err error
		if b, err = appendSet(b, &s); err != nil {
			return nil, 0, fmt.Errorf("RRset of type %d: %w", s.Type, err)
		}
		flags |= typeFlags(s.Type)
		if len(b)-start > MaxNode-nodeNameOff-wire.MaxName-8 {
			return nil, 0, ErrTooLarge
		}
	}
	switch {
	case len(b) == start:
		flags = Empty
	case flags&Apex != 0:
		flags &^= Cut
	}
	return b, flags, nil
}

func typeFlags(typ uint16) Flags {
	switch typ {
	case wire.TypeSOA:
		return Apex
	case wire.TypeNS:
		return Cut
	case wire.TypeDNAME:
		return DName
	}
	return 0
}

func appendSet(b []byte, s *RRset) ([]byte, error) {
	start := len(b)
	size := AddrSize(s.Type)
	if len(s.Data) > 0xffff {
		return nil, ErrTooLarge
	}
	b = binary.LittleEndian.AppendUint16(b, s.Type)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(s.Data)))
	b = binary.LittleEndian.AppendUint32(b, 0)
	for _, data := range s.Data {
		if len(data) > 0xffff || size != 0 && rrFixed+len(data) != size {
			return nil, ErrRdata
		}
		b = binary.BigEndian.AppendUint16(b, questionPointer)
		b = binary.BigEndian.AppendUint16(b, s.Type)
		b = binary.BigEndian.AppendUint16(b, wire.ClassIN)
		b = binary.BigEndian.AppendUint32(b, s.TTL)
		b = binary.BigEndian.AppendUint16(b, uint16(len(data)))
		b = append(b, data...)
	}
	if size != 0 && len(s.Data) > 1 {
		b = append(b, make([]byte, 4*len(s.Data))...)
	}
	b = pad8(b)
	binary.LittleEndian.PutUint32(b[start+4:], uint32(len(b)-start))
	return b, nil
}

func pad8(b []byte) []byte {
	for len(b)%8 != 0 {
		b = append(b, 0)
	}
	return b
}

// eachAddress calls f with each address of the body that has a place in the
// health table, and with the word that holds its index.
func eachAddress(body Sets, f func(addr netip.Addr, index *uint32) error) error {
	for {
		var set Set
		if set, body = body.Next(); set == nil {
			return nil
		}
		size := AddrSize(set.Type())
		if size == 0 {
			continue
		}
		indexes := set.HealthIndexes(set.Count(), size)
		for i := range indexes {
			rr := set.Records()[i*size : (i+1)*size]
			addr, _ := netip.AddrFromSlice(rr[rrFixed:])
			if err := f(addr, &indexes[i]); err != nil {
				return err
			}
		}
	}
}

// decodeSets copies the RRsets of a node out.
func decodeSets(n Node) []RRset {
	var sets []RRset
	var room Room
	body := n.Sets(&room)
	for {
		var set Set
		if set, body = body.Next(); set == nil {
			return sets
		}
		s := RRset{Type: set.Type()}
		rest := set.Records()
		for range set.Count() {
			var rr []byte
			if rr, rest = NextRecord(rest); rr == nil {
				break
			}
			s.TTL = binary.BigEndian.Uint32(rr[6:])
			s.Data = append(s.Data, bytes.Clone(rr[rrFixed:]))
		}
		sets = append(sets, s)
	}
}
