package publish

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// room is the memory of RRsets that are put together, one name's after the
// other's.
type room struct {
	list []snapshot.RRset
	data [][]byte
}

// sets are the RRsets of a name: of the records of ours that are stored at it,
// of the services of other programs that count for it, each RR once, and of
// defaults what is not stored. leftOut tells that records had to be:
// a CNAME beside others, a second CNAME or SOA, or what no message has room for.
// The list is valid until the next call, and until stored changes.
func (r *room) sets(stored []byte, services []service, defaults []snapshot.RRset) (list []snapshot.RRset, leftOut error) {
	r.list, r.data = r.list[:0], r.data[:0]
	list = r.foreignSets(services)
	for rest := stored; len(rest) > 0; {
		it, _, size := unpack(rest)
		rest = rest[size:]
		list = r.add(list, it.rrtype, it.ttl, it.data)
	}
	r.list = list
	for i := range list {
		if tidy(&list[i]) {
			leftOut = errConflict
		}
		if fit(&list[i]) {
			leftOut = errNoMessage
		}
	}
	list = slices.DeleteFunc(list, func(s snapshot.RRset) bool { return len(s.Data) == 0 })
	for _, d := range defaults {
		if !slices.ContainsFunc(list, func(s snapshot.RRset) bool { return s.Type == d.Type }) {
			list = append(list, d)
		}
	}
	if slices.ContainsFunc(list, besideNoCNAME) {
		before := len(list)
		list = slices.DeleteFunc(list, func(s snapshot.RRset) bool { return s.Type == wire.TypeCNAME })
		if len(list) < before {
			leftOut = errConflict
		}
	}
	return list, leftOut
}

// foreignSets are the RRsets of services.
func (r *room) foreignSets(services []service) []snapshot.RRset {
	list := r.list
	for _, s := range services {
		for rest := s.rrs; rest != ""; {
			it, size := unpackRR(rest)
			rest = rest[size:]
			list = r.add(list, it.rrtype, it.ttl, []byte(it.data)) // which weigh changes
		}
	}
	for i := range list {
		if list[i].Type == wire.TypeSRV {
			weigh(list[i].Data)
			list[i].Data = once(list[i].Data)
		}
	}
	return list
}

// add adds an RR to the RRset of its type.
func (r *room) add(list []snapshot.RRset, rrtype uint16, ttl uint32, data []byte) []snapshot.RRset {
	i := slices.IndexFunc(list, func(s snapshot.RRset) bool { return s.Type == rrtype })
	if i < 0 {
		r.data = append(r.data, data)
		n := len(r.data)
		return append(list, snapshot.RRset{Type: rrtype, TTL: ttl, Data: r.data[n-1 : n : n]})
	}
	s := &list[i]
	s.TTL = min(s.TTL, ttl)
	s.Data = append(s.Data, data)
	return list
}

// tidy sorts the data, so that it does not depend on the order of changes,
// and leaves each once. Of a type that a name can have once it leaves the
// first, and reports true if there were others.
func tidy(s *snapshot.RRset) bool {
	if len(s.Data) == 1 {
		return false
	}
	canonical := func(data []byte) []byte { return record.Canonical(s.Type, data) }
	slices.SortFunc(s.Data, func(a, b []byte) int {
		return cmp.Or(bytes.Compare(canonical(a), canonical(b)), bytes.Compare(a, b))
	})
	s.Data = slices.CompactFunc(s.Data, func(a, b []byte) bool { return bytes.Equal(canonical(a), canonical(b)) })
	if !record.Single(s.Type) || len(s.Data) == 1 {
		return false
	}
	s.Data = s.Data[:1]
	return true
}

// fit leaves of an RRset those records that one message can hold: the first
// ones. It reports true if there were others.
func fit(s *snapshot.RRset) bool {
	size := 0
	for i, data := range s.Data {
		if size += record.Size(data); size > record.MaxRRset {
			s.Data = s.Data[:i]
			return true
		}
	}
	return false
}

// besideNoCNAME reports whether an RRset excludes a CNAME at its name.
func besideNoCNAME(s snapshot.RRset) bool { return record.Exclude(wire.TypeCNAME, s.Type, false) }
