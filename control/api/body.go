package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
)

// maxBody is how many bytes the body of a request may have.
const maxBody = 1 << 20

// body is what the body of a change says. Which fields go together depends on
// the type; see messages.
type body struct {
	Type         string            `json:"type"` // in any case; empty: by the addresses
	IPs          []string          `json:"ips"`
	Ports        []uint16          `json:"ports"`
	Alias        string            `json:"alias"`  // CNAME: the name that becomes an alias of the request's
	Target       string            `json:"target"` // CNAME, SRV, PTR: what the request's name points to
	Priority     uint16            `json:"priority"`
	Weight       uint16            `json:"weight"`
	MailHost     string            `json:"mailHost"`
	MailPriority uint16            `json:"mailPriority"`
	Text         string            `json:"text"`
	NsHost       string            `json:"nsHost"`
	Rdata        string            `json:"rdata"`  // any type, in presentation form
	TTL          *uint32           `json:"ttl"`    // seconds
	Update       map[string]string `json:"update"` // PUT: what is there to what takes its place
}

// readBody reads the body of a change. An empty one is allowed where the
// method says so: it asks for everything.
func readBody(w http.ResponseWriter, r *http.Request) (*body, error) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, fail(http.StatusRequestEntityTooLarge, "body is larger than %d bytes", maxBody)
	}
	if err != nil {
		return nil, fail(http.StatusBadRequest, "body: %v", err)
	}
	if len(bytes.TrimSpace(data)) == 0 && r.Method == http.MethodDelete {
		return &body{}, nil
	}
	return parseBody(data)
}

// parseBody reads one JSON object without unknown fields.
func parseBody(data []byte) (*body, error) {
	var b *body
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&b); err != nil {
		return nil, fail(http.StatusBadRequest, "body: %s", jsonProblem(err))
	}
	if b == nil {
		return nil, fail(http.StatusBadRequest, "body: want a JSON object, not null")
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, fail(http.StatusBadRequest, "body: want one JSON object and nothing behind it")
	}
	if b.TTL != nil && (*b.TTL == 0 || *b.TTL > 1<<31-1) {
		return nil, fail(http.StatusBadRequest, "ttl: want 1 to 2147483647 seconds, not %d", *b.TTL)
	}
	return b, nil
}

// jsonProblem says what the decoder found, without Go's words.
func jsonProblem(err error) string {
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong):
		return "wrong kind of value (" + wrong.Value + ") for " + wrong.Field
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "no complete JSON object"
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}
