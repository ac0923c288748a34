package stats

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// ancestor answers the ancestor's calls, with its names of fields.
type ancestor struct {
	sources []Source
	stored  stored
	master  master
}

// calls are the handlers by their patterns.
func (a *ancestor) calls() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"GET /skydns/stats":            a.total,
		"GET /skydns/stats/{name}":     a.one,
		"GET /skydns/stats/top/{n}":    a.top,
		"GET /skydns/domain/{name}":    a.cached,
		"DELETE /skydns/domain/{name}": a.cached,
		"GET /skydns/domainL1/{name}":  a.held,
		"GET /skydns/master":           a.settings,
		"POST /skydns/master":          a.set,
	}
}

// reply writes v as JSON.
func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // a client that is gone
}

// totals is the counts of all cores. What has to do with answers of other
// servers stays 0: this server asks none.
type totals struct {
	ReqCount        uint64 `json:"reqCount"`
	ForwardCount    uint64 `json:"forwardCount"`
	CacheMissCount  uint64 `json:"cacheMissCount"`
	DataCachedCount uint64 `json:"dataCachedCount"`
	CacheSizeUsed   uint64 `json:"cacheSizeUsed"`
	DomainSize      uint64 `json:"domainSize"`    // names in the snapshot, those above others included
	NoNameCount     uint64 `json:"noNameCount"`   // NXDOMAIN
	OverFlowCount   uint64 `json:"overFlowCount"` // the answer did not fit: TC
	NoDataCount     uint64 `json:"noDataCount"`
}

func (a *ancestor) total(w http.ResponseWriter, _ *http.Request) {
	var t totals
	for _, s := range a.sources {
		for v := range engine.NumVerdicts {
			t.ReqCount += s.Counters.Verdict(v)
		}
		t.NoNameCount += s.Counters.Verdict(engine.NXDomain)
		t.OverFlowCount += s.Counters.Verdict(engine.Truncated)
		t.NoDataCount += s.Counters.Verdict(engine.NoData)
	}
	size, err := a.stored.size()
	if err != nil {
		refuse(w, http.StatusServiceUnavailable, "%v", err)
		return
	}
	t.DomainSize = size
	reply(w, t)
}

// domain is what is known of how often a name is asked for.
type domain struct {
	Domain     string    `json:"domain"`
	ReqCount   uint64    `json:"reqCount"`
	ErrorBound uint64    `json:"errorBound"` // of reqCount, what other names may have been asked
	LastQuery  time.Time `json:"lastQueryTime"`
	FirstQuery time.Time `json:"firstQueryTime"`
}

// asked adds up the cores' counts of names.
func (a *ancestor) asked() map[string]*domain {
	all := map[string]*domain{}
	for _, s := range a.sources {
		s.Counters.names.each(func(n Asked) {
			first, last := time.UnixMilli(int64(n.First)).UTC(), time.UnixMilli(int64(n.Last)).UTC()
			d := all[n.Name]
			if d == nil {
				d = &domain{Domain: n.Name, FirstQuery: first, LastQuery: last}
				all[n.Name] = d
			}
			d.ReqCount += n.Count
			d.ErrorBound += n.Extra
			if first.Before(d.FirstQuery) {
				d.FirstQuery = first
			}
			if last.After(d.LastQuery) {
				d.LastQuery = last
			}
		})
	}
	return all
}

func (a *ancestor) one(w http.ResponseWriter, r *http.Request) {
	name, ok := nameOf(w, r)
	if !ok {
		return
	}
	text := wire.NameString(name)
	if d := a.asked()[text]; d != nil {
		reply(w, d)
		return
	}
	refuse(w, http.StatusNotFound, "domain not found: %s is not among the names that are asked for most", text)
}

// maxTop is the most names that can be asked for: all that cores remember.
const maxTop = 10_000

func (a *ancestor) top(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 1 || n > maxTop {
		refuse(w, http.StatusBadRequest, "want a number of names from 1 to %d, not %q", maxTop, r.PathValue("n"))
		return
	}
	all := make([]*domain, 0, ways*sets)
	for _, d := range a.asked() {
		all = append(all, d)
	}
	slices.SortFunc(all, func(x, y *domain) int {
		return cmp.Or(cmp.Compare(y.ReqCount, x.ReqCount), cmp.Compare(x.Domain, y.Domain))
	})
	reply(w, all[:min(n, len(all))])
}

// cached answers for the cache of other servers' answers, which has none.
func (a *ancestor) cached(w http.ResponseWriter, r *http.Request) {
	if name, ok := nameOf(w, r); ok {
		refuse(w, http.StatusNotFound, "no found domain: no answer of another server is kept for %s", wire.NameString(name))
	}
}

// held shows what the snapshot holds of a name.
func (a *ancestor) held(w http.ResponseWriter, r *http.Request) {
	name, ok := nameOf(w, r)
	if !ok {
		return
	}
	h, err := a.stored.name(name)
	switch {
	case err != nil:
		refuse(w, http.StatusServiceUnavailable, "%v", err)
	case len(h.Msgs) == 0:
		refuse(w, http.StatusNotFound, "no found domain: %s holds no records", wire.NameString(name))
	default:
		reply(w, h)
	}
}

// nameOf is the name in the path, in lower case. It returns false after
// refusing what is none.
func nameOf(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	name, err := wire.ParseName(r.PathValue("name"))
	if err != nil {
		refuse(w, http.StatusBadRequest, "%q is no domain name: %v", r.PathValue("name"), err)
		return nil, false
	}
	return wire.AppendLower(nil, name), true
}
