package offline

import (
	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/control/zonefile"
	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

const typeDS = 43

// Records are those of zones that a server of all of them answers with.
func Records(zones ...*zonefile.Zone) []record.RR {
	apexes := map[string]bool{}
	for _, z := range zones {
		apexes[string(z.Apex)] = true
	}
	var list []record.RR
	for _, z := range zones {
		for _, r := range z.Records {
			if belongs(r, z.Apex, apexes) {
				list = append(list, r.RR)
			}
		}
	}
	return list
}

// Load makes zones the whole of what a server of New answers from.
func (s *Server) Load(zones ...*zonefile.Zone) error {
	sets := map[string][]snapshot.RRset{}
	for _, r := range Records(zones...) {
		sets[string(r.Name)] = add(sets[string(r.Name)], r)
	}
	if err := s.writer.BeginSync(len(sets)); err != nil {
		return err
	}
	for name, list := range sets {
		if _, err := s.writer.Put([]byte(name), list); err != nil {
			return err
		}
	}
	if _, err := s.writer.EndSync(); err != nil {
		return err
	}
	if _, err := s.writer.Tick(); err != nil {
		return err
	}
	_, err := s.reader.Refresh()
	return err
}

// belongs reports whether a record of the zone apex is what a server of all
// zones answers with. The delegation of another of them, and what lies below,
// give way to that zone itself, but for the DS of its apex (RFC 4035 section
// 3.1.4.1).
func belongs(r zonefile.Record, apex []byte, apexes map[string]bool) bool {
	name := r.Name
	if r.Type == typeDS && len(name) > len(apex) {
		name = wire.Parent(name)
	}
	for ; len(name) > len(apex); name = wire.Parent(name) {
		if apexes[string(name)] {
			return false
		}
	}
	return true
}

// add adds a record to the RRsets of its name. Of different TTLs in an RRset
// the lowest counts (RFC 2181 section 5.2).
func add(sets []snapshot.RRset, r record.RR) []snapshot.RRset {
	for i := range sets {
		if sets[i].Type == r.Type {
			sets[i].Data = append(sets[i].Data, r.Data)
			sets[i].TTL = min(sets[i].TTL, r.TTL)
			return sets
		}
	}
	return append(sets, snapshot.RRset{Type: r.Type, TTL: r.TTL, Data: [][]byte{r.Data}})
}
