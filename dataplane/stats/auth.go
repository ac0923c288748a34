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

// refuse answers with a failure: its code and what is wrong.
func refuse(w http.ResponseWriter, code int, format string, args ...any) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(code)
	fmt.Fprintf(w, "ERR, "+format+"\n", args...)
}
