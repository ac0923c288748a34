package api

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/rs/zerolog"
)

// TestNotReadyFillsNoLog verifies that who asks again and again whether control
// is ready does not fill the log, and that other failures are in it.
func TestNotReadyFillsNoLog(t *testing.T) {
	for name, tt := range map[string]struct {
		err    error
		logged bool
	}{
		"not ready":       {errNotReady, false},
		"outcome unknown": {fail(http.StatusServiceUnavailable, "etcd does not answer"), true},
		"a bad request":   {fail(http.StatusBadRequest, "no"), false},
	} {
		var log bytes.Buffer
		s := &server{log: zerolog.New(&log)}
		s.refuse(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/readyz", nil), tt.err)
		if (log.Len() > 0) != tt.logged {
			t.Errorf("%s: log %q", name, &log)
		}
	}
}
