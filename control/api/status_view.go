package api

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/ipdcode/skydns/configs"
)

// statusView is what GET of /status answers: of control itself, what its
// metrics do not say.
type statusView struct {
	Version string            `json:"version"`
	Started time.Time         `json:"started"`
	Errors  []json.RawMessage `json:"errors" doc:"the last error lines of the log, oldest first"`
}

// status serves GET of /status.
func (s *server) status(w http.ResponseWriter, _ *http.Request) error {
	v := statusView{Version: configs.Version(), Started: s.started, Errors: []json.RawMessage{}}
	if s.errors != nil {
		v.Errors = s.errors()
	}
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(v)
}

// metrics serves GET of /metrics.
func (s *server) metrics(w http.ResponseWriter, r *http.Request) error {
	s.exposed.ServeHTTP(w, r)
	return nil
}
