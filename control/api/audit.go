package api

import (
	"bytes"
	"net/http"
	"slices"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// maxAudited is how many records of each kind an audit line names; the others
// are counted.
const maxAudited = 50

// audit writes the log line of a change that etcd has taken, or may have: who,
// from where, what was added and removed, and the revision that has it, or that
// the outcome is unknown. It is written whatever the log's level, and never has
// the token: of the request's query it knows the user alone.
func (s *server) audit(r *http.Request, t *tx) {
	added, removed := t.difference()
	line := s.log.Log().Str("level", "audit").Str("method", r.Method).Str("path", r.URL.Path).Str("user", r.URL.Query().Get("user")).Str("client", r.RemoteAddr)
	text := "records changed"
	if t.unknown {
		line, text = line.Str("outcome", "unknown"), "records may be changed: etcd did not answer"
	} else {
		line = line.Int64("revision", t.committed)
	}
	line.Int("added", len(added)).Int("removed", len(removed)).Strs("add", firstOf(added)).Strs("remove", firstOf(removed)).Msg(text)
}

// difference is what a tx adds and removes, sorted, as text.
func (t *tx) difference() (added, removed []string) {
	for _, n := range t.names {
		for key, i := range n.want {
			now, there := n.now[key]
			if there && bytes.Equal(now.value, i.value) {
				continue
			}
			added = append(added, i.texts(n.name)...)
			if there {
				removed = append(removed, now.texts(n.name)...)
			}
		}
		for _, i := range n.gone {
			removed = append(removed, i.texts(n.name)...)
		}
	}
	slices.Sort(added)
	slices.Sort(removed)
	return added, removed
}

// texts are the item's RRs at a name and, of another program's record, those at
// the name of its key, which come and go with it: name, type and data. Of what is not understood it is the key.
func (i *item) texts(name []byte) []string {
	if i.garbage() {
		return []string{i.key + " not understood"}
	}
	rrs := i.rrs
	if !i.record.Own && !bytes.Equal(i.record.Name, name) {
		rrs = slices.Concat(rrs, i.record.Stated())
	}
	var list []string
	for _, rr := range rrs {
		list = append(list, wire.NameString(rr.Name)+" "+record.TypeText(rr.Type)+" "+dataText(rr.Type, rr.Data))
	}
	return list
}

func firstOf(list []string) []string { return list[:min(len(list), maxAudited)] }
