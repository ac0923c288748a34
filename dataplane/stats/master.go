package stats

import (
	"encoding/json"
	"net/http"
	"sync/atomic"
)

// master is what POST /skydns/master has set: the ancestor's scripts find it
// again. Nothing here waits for a period: changes are seen at once.
type master struct {
	cacheTTL   atomic.Uint64 // s
	syncPeriod atomic.Uint64 // minutes
}

// settings is the body of /skydns/master.
type settings struct {
	CacheTTL   uint64 `json:"cacheTtl"`
	SyncPeriod uint64 `json:"syncPeriod"`
}

func (a *ancestor) settings(w http.ResponseWriter, _ *http.Request) {
	reply(w, settings{a.master.cacheTTL.Load(), a.master.syncPeriod.Load()})
}

// maxSettings bounds the body of POST /skydns/master, in octets.
const maxSettings = 4 << 10

func (a *ancestor) set(w http.ResponseWriter, r *http.Request) {
	var s settings
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxSettings))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil || d.More() {
		refuse(w, http.StatusBadRequest, `want {"cacheTtl":SECONDS,"syncPeriod":MINUTES}`)
		return
	}
	// As with the ancestor, what is 0 or not given stays.
	if s.CacheTTL > 0 {
		a.master.cacheTTL.Store(s.CacheTTL)
	}
	if s.SyncPeriod > 0 {
		a.master.syncPeriod.Store(s.SyncPeriod)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("OK\n")) // a client that is gone
}
