package api

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/control/zonefile"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// zoneType is the media type of master files (RFC 4027).
const zoneType = "text/dns"

// maxImport is how many records a zone may have.
const maxImport = maxWrites

// changeMany serves POST of what is about more than one name: a master file, or
// a list of changes.
func (s *server) changeMany(w http.ResponseWriter, r *http.Request) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil && kind == zoneType {
		return s.importZone(w, r)
	}
	return s.changeList(w, r)
}

// importZone serves POST of a master file: each RRset of the zone takes the
// place of that of its name and type.
func (s *server) importZone(w http.ResponseWriter, r *http.Request) error {
	text, err := readText(w, r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	origin := q.Get("origin")
	if origin == "" {
		origin = wire.NameString(s.names.ours.List()[0])
	}
	z, err := zonefile.Read(bytes.NewReader(text), origin, maxImport)
	if errors.Is(err, zonefile.ErrTooMany) {
		return fail(http.StatusRequestEntityTooLarge, "%v", err)
	}
	if err != nil {
		return fail(http.StatusBadRequest, "%v", err)
	}
	i, err := s.newImport(z, q.Get("user"))
	if err != nil {
		return err
	}
	i.replace = q.Get("replace") == "true"
	if err := s.commit(r, listTimeout, i.work); err != nil {
		return err
	}
	return ok(w)
}

// readText reads the body of a request.
func readText(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, fail(http.StatusRequestEntityTooLarge, "body is larger than %d bytes", maxBody)
	}
	if err != nil {
		return nil, fail(http.StatusBadRequest, "body: %v", err)
	}
	return text, nil
}

// work is what a tx is to write.
func (i *zoneImport) work(t *tx) error {
	if err := i.putAll(t, i.names); err != nil || !i.replace {
		return err
	}
	others, err := i.others(t)
	if err != nil {
		return err
	}
	return i.putAll(t, others)
}

// others are the names of the zone that the file does not have.
func (i *zoneImport) others(t *tx) ([][]byte, error) {
	var others [][]byte
	known := map[string]bool{}
	err := t.records.zone(t.ctx, i.apex, t.revision, func(rr record.RR) {
		name := string(rr.Name)
		if i.at[name] == nil && !known[name] && !wire.IsSubdomain(rr.Name, i.request.names.services) {
			others, known[name] = append(others, rr.Name), true
		}
	})
	return others, err
}

// putAll makes the file's RRsets those of each of names.
func (i *zoneImport) putAll(t *tx, names [][]byte) error {
	if err := t.read(names); err != nil {
		return err
	}
	for _, name := range names {
		if err := i.put(t, name); err != nil {
			return err
		}
	}
	return nil
}

// put makes the file's RRsets those of a name.
func (i *zoneImport) put(t *tx, name []byte) error {
	n, err := i.request.at(t, name)
	if err != nil {
		return err
	}
	for _, it := range n.now {
		if err := i.drop(n, it); err != nil {
			return err
		}
	}
	for _, r := range i.at[string(name)] {
		r.m.User = i.request.user
		if err := n.put(r.m); err != nil {
			return fail(http.StatusBadRequest, "line %d: %v", r.line, err)
		}
	}
	if err := i.request.names.consistent(n); err != nil {
		return err
	}
	if n.asWanted() {
		delete(t.names, string(name)) // whoever changes it meanwhile may have done so after the import
	}
	return nil
}
