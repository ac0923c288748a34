package stats

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"

	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// stored looks into the snapshot for the calls of the HTTP server.
type stored struct {
	mu   sync.Mutex
	slot *snapshot.Slot // guarded by mu: a slot is one reader's; nil: no names
}

// record is one record that a name holds.
type record struct {
	Type  string `json:"type"`
	TTL   uint32 `json:"ttl"`
	Rdata string `json:"rdata"`          // presentation form, or RFC 3597's
	Up    *bool  `json:"up,omitempty"`   // of an address among several
	Host  string `json:"host,omitempty"` // of an address: the same, by the ancestor's name
}

// held is what the snapshot holds of a name.
type held struct {
	Msgs       []record `json:"msgs"`
	Generation uint64   `json:"generation"`
}

var errNoSnapshot = errors.New("there is no complete snapshot yet: is control running?")

// look calls f with the current view, which f must not keep. A fault, as when
// somebody shortens the file, is an error.
func (s *stored) look(f func(v *snapshot.View)) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.slot == nil {
		return errNoSnapshot
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer s.slot.Leave()
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("the snapshot cannot be read: %v", cause)
		}
	}()
	v := s.slot.Enter()
	if v == nil {
		return errNoSnapshot
	}
	f(v)
	return nil
}

// size is how many names the snapshot has; 0 without one.
func (s *stored) size() (n uint64, err error) {
	err = s.look(func(v *snapshot.View) { n = v.Names() })
	if errors.Is(err, errNoSnapshot) {
		return 0, nil
	}
	return n, err
}

// name is what a name in lower case holds.
func (s *stored) name(name []byte) (h held, err error) {
	err = s.look(func(v *snapshot.View) {
		var lower wire.LowerName
		hash := lower.Set(name, v.Seed())
		h.Generation = v.Generation()
		node := v.Lookup(&lower, hash)
		if node == nil {
			return
		}
		for set, rest := node.Sets().Next(); set != nil; set, rest = rest.Next() {
			h.Msgs = append(h.Msgs, records(v, set)...)
		}
	})
	return h, err
}

// records is the records of an RRset.
func records(v *snapshot.View, set snapshot.Set) []record {
	count := set.Count()
	var health []uint32
	if size := snapshot.AddrSize(set.Type()); size > 0 {
		health = set.HealthIndexes(count, size)
	}
	var all []record
	left := set.Records()
	for i := range count {
		var rr []byte
		if rr, left = snapshot.NextRecord(left); rr == nil {
			break
		}
		r := record{Type: typeName(set.Type()), TTL: binary.BigEndian.Uint32(rr[6:]), Rdata: rdata(set.Type(), rr[12:])}
		if snapshot.AddrSize(set.Type()) > 0 {
			r.Host = r.Rdata
		}
		if i < len(health) {
			up := v.Up(health[i])
			r.Up = &up
		}
		all = append(all, r)
	}
	return all
}

// typeNames are the types that the data plane treats by name.
var typeNames = map[uint16]string{
	wire.TypeA: "A", wire.TypeNS: "NS", wire.TypeCNAME: "CNAME", wire.TypeSOA: "SOA", wire.TypePTR: "PTR",
	wire.TypeMX: "MX", wire.TypeTXT: "TXT", wire.TypeAAAA: "AAAA", wire.TypeSRV: "SRV", wire.TypeDNAME: "DNAME",
}

func typeName(t uint16) string {
	if name, ok := typeNames[t]; ok {
		return name
	}
	return "TYPE" + strconv.Itoa(int(t))
}

// rdata is rdata in presentation form where the type has one here and the
// rdata fits it, else in that of RFC 3597.
func rdata(t uint16, b []byte) string {
	switch t {
	case wire.TypeA, wire.TypeAAAA:
		if a, ok := netip.AddrFromSlice(b); ok {
			return a.String()
		}
	case wire.TypeNS, wire.TypeCNAME, wire.TypePTR, wire.TypeDNAME:
		if wire.ValidName(b) {
			return wire.NameString(b)
		}
	case wire.TypeMX:
		return numbersAndName(b, 1)
	case wire.TypeSRV:
		return numbersAndName(b, 3)
	case wire.TypeTXT:
		if s, ok := strs(b); ok {
			return s
		}
	}
	return opaque(b)
}

// numbersAndName is n numbers of 16 bits and a name.
func numbersAndName(b []byte, n int) string {
	if len(b) < 2*n || !wire.ValidName(b[2*n:]) {
		return opaque(b)
	}
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "%d ", binary.BigEndian.Uint16(b[2*i:]))
	}
	return text.String() + wire.NameString(b[2*n:])
}

// strs is character strings (RFC 1035 section 3.3) in quotes.
func strs(b []byte) (string, bool) {
	var parts []string
	for len(b) > 0 {
		n := 1 + int(b[0])
		if n > len(b) {
			return "", false
		}
		parts = append(parts, quoted(b[1:n]))
		b = b[n:]
	}
	return strings.Join(parts, " "), true
}

func quoted(b []byte) string {
	text := []byte{'"'}
	for _, c := range b {
		switch {
		case c == '"' || c == '\\':
			text = append(text, '\\', c)
		case c < ' ' || c >= 0x7f:
			text = fmt.Appendf(text, `\%03d`, c)
		default:
			text = append(text, c)
		}
	}
	return string(append(text, '"'))
}

func opaque(b []byte) string { return fmt.Sprintf(`\# %d %X`, len(b), b) }
