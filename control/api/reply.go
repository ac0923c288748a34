package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode"
)

// failure is an error whose text is meant for the client.
type failure struct {
	code int // the status code
	text string
}

func (f failure) Error() string { return f.text }

func fail(code int, format string, args ...any) error {
	return failure{code, fmt.Sprintf(format, args...)}
}

// ok answers that a request has done what it says.
func ok(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := io.WriteString(w, "OK\n")
	return err
}

// refuse answers err as "ERR, <what is wrong>" and returns the status code. An
// error that is not a failure is etcd's, which the log has too.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, err error) int {
	if r.Context().Err() != nil {
		return statusClientGone
	}
	var f failure
	if !errors.As(err, &f) {
		f = failure{http.StatusServiceUnavailable, "etcd: " + err.Error()}
		if errors.Is(err, context.DeadlineExceeded) {
			f.text = "etcd does not answer: try again later"
		}
	}
	// Who asks every second whether we are ready does not fill the log.
	if f.code >= http.StatusInternalServerError && !errors.Is(err, errNotReady) {
		s.log.Error().Err(err).Str("method", r.Method).Str("path", r.URL.Path).Msg("request failed")
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(f.code)
	fmt.Fprintf(w, "ERR, %s\n", oneLine(f.text))
	return f.code
}

// oneLine is text without what would end a line or confuse a terminal: it may
// have what a client sent.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// statusClientGone counts requests whose client went away before the answer.
const statusClientGone = 499
