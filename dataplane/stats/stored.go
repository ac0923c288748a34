package stats

import (
	"encoding/binary"
	"errors"
	"fmt"
	"runtime/debug"
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

// end lets nobody look from now on, and waits for who does.
func (s *stored) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slot = nil
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
		var room snapshot.Room
		for set, rest := node.Sets(&room).Next(); set != nil; set, rest = rest.Next() {
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
