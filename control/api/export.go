package api

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"

	"go.etcd.io/etcd/api/v3/mvccpb"

	"github.com/ipdcode/skydns/control/publish"
	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/control/zonefile"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// exportZone serves GET of a zone as a master file: what is stored at its apex
// and below, up to the zones in it, and the SOA and NS that are made up for one
// of our domains that has none.
func (s *server) exportZone(w http.ResponseWriter, r *http.Request) error {
	apex, err := s.names.complete(r.URL.Query().Get("zone"))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), listTimeout)
	defer cancel()
	var rrs []record.RR
	if err := s.records.zone(ctx, apex, 0, func(rr record.RR) { rrs = append(rrs, rr) }); err != nil {
		return err
	}
	rrs = s.withDefaults(apex, rrs)
	if !slices.ContainsFunc(rrs, func(rr record.RR) bool { return rr.Type == wire.TypeSOA }) {
		return fail(http.StatusNotFound, "%s is not a zone: it has no SOA", wire.NameString(apex))
	}
	var text bytes.Buffer
	if err := zonefile.Write(&text, apex, rrs); err != nil {
		return err
	}
	w.Header().Set("Content-Type", zoneType+"; charset=utf-8")
	_, err = text.WriteTo(w)
	return err
}

// withDefaults adds what is made up for a domain of ours, where nothing of
// that name and type is stored.
func (s *server) withDefaults(apex []byte, rrs []record.RR) []record.RR {
	stored := map[string]bool{}
	key := func(rr record.RR) string { return string(rr.Name) + record.TypeText(rr.Type) }
	for _, rr := range rrs {
		stored[key(rr)] = true
	}
	for _, rr := range publish.Defaults(s.names.zones, s.nsAddrs, s.soa()) {
		if !stored[key(rr)] && bytes.Equal(s.names.zones.Zone(rr.Name), apex) {
			rrs = append(rrs, rr)
		}
	}
	return rrs
}

// zone gives each RR that is stored at apex and below as of revision (0: now),
// but for what belongs to zones further down.
func (r *records) zone(ctx context.Context, apex []byte, revision int64, each func(record.RR)) error {
	key := record.NameKey(apex)
	var rrs []record.RR
	for _, bounds := range [][2]string{single(strings.TrimSuffix(key, "/")), prefixed(key)} {
		var err error
		revision, err = r.scan(ctx, bounds, revision, func(kv *mvccpb.KeyValue) {
			if rec, err := record.Parse(string(kv.Key), kv.Value); err == nil {
				rrs = append(rrs, exported(&rec, r.zones.Zone(rec.Name))...)
			}
		})
		if err != nil {
			return err
		}
	}
	inner := r.innerZones(apex, rrs)
	for _, rr := range rrs {
		if !within(inner, rr.Name, len(apex)) {
			each(rr)
		}
	}
	return nil
}

// innerZones are the names below apex that are zones of their own: our other
// domains, and names with a SOA.
func (r *records) innerZones(apex []byte, rrs []record.RR) map[string]bool {
	inner := map[string]bool{}
	for _, domain := range r.zones.List() {
		inner[string(domain)] = true
	}
	for _, rr := range rrs {
		if rr.Type == wire.TypeSOA {
			inner[string(rr.Name)] = true
		}
	}
	delete(inner, string(apex))
	return inner
}

// within reports whether name is, or is below, one of zones; an apex of so
// many octets, above all of these, ends the search.
func within(zones map[string]bool, name []byte, apex int) bool {
	for ; len(name) > apex; name = wire.Parent(name) {
		if zones[string(name)] {
			return true
		}
	}
	return false
}
