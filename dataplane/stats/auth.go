package stats

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net/http"
	"strings"
)

// authorized serves h to those who show the token: as ?token=…, or in the
// header "Authorization: Bearer …" (RFC 6750 section 2.1). Without a token in
// the configuration that is nobody.
func authorized(current func() string, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		// The comparison of sums takes the same time whatever is shown, its
		// length included.
		token := current()
		want := sha256.Sum256([]byte(token))
		got := sha256.Sum256([]byte(shownToken(r)))
		if subtle.ConstantTimeCompare(got[:], want[:]) != 1 || token == "" {
			w.Header().Set("WWW-Authenticate", "Bearer")
			why := "token is missing or wrong"
			if token == "" {
				why = "no token is configured: set statsServerAuthToken in [Stats]"
			}
			refuse(w, http.StatusUnauthorized, why)
			return
		}
		h(w, r)
	}
}

func shownToken(r *http.Request) string {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	return r.URL.Query().Get("token")
}

// explained answers a path or a method that mux does not have as other failures
// are answered.
func explained(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		mux.ServeHTTP(&explaining{ResponseWriter: w, r: r}, r)
	})
}

// explaining takes the place of net/http's own words.
type explaining struct {
	http.ResponseWriter
	r *http.Request
}

// WriteHeader implements http.ResponseWriter.
func (e *explaining) WriteHeader(code int) {
	switch code {
	case http.StatusNotFound:
		refuse(e.ResponseWriter, code, "no such path: %q", e.r.URL.Path)
	case http.StatusMethodNotAllowed:
		refuse(e.ResponseWriter, code, "%s is not offered here: want one of %s", e.r.Method, e.Header().Get("Allow"))
	default:
		e.ResponseWriter.WriteHeader(code)
	}
}

// Write implements http.ResponseWriter.
func (e *explaining) Write(p []byte) (int, error) { return len(p), nil }

// refuse answers with a failure: its code and what is wrong.
func refuse(w http.ResponseWriter, code int, format string, args ...any) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(code)
	fmt.Fprintf(w, "ERR, "+format+"\n", args...)
}
