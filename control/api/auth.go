package api

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
)

// authorized serves h to those who show the token: as ?token=…, or in the
// header "Authorization: Bearer …" (RFC 6750 section 2.1).
func (s *server) authorized(h handler) http.Handler {
	return s.open(func(w http.ResponseWriter, r *http.Request) error {
		// The comparison of sums takes the same time whatever the token
		// shown, its length included.
		token := s.token()
		want := sha256.Sum256([]byte(token))
		got := sha256.Sum256([]byte(shownToken(r)))
		if token == "" || subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			w.Header().Set("WWW-Authenticate", "Bearer")
			return fail(http.StatusUnauthorized, "token is missing or wrong")
		}
		return h(w, r)
	})
}

func shownToken(r *http.Request) string {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	return r.URL.Query().Get("token")
}
