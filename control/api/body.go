package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
)

// maxBody is how many bytes the body of a request may have, and maxTTL the
// highest TTL (RFC 2181 section 8).
const (
	maxBody = 1 << 20
	maxTTL  = 1<<31 - 1
)

// body is what the body of a change says. Which fields go together depends on
// the type; see messages.
type body struct {
	Type         string            `json:"type,omitempty" doc:"RR type in any case; if absent, by the addresses"`
	IPs          []string          `json:"ips,omitempty" doc:"addresses of A, AAAA and SRV"`
	Ports        []uint16          `json:"ports,omitempty" doc:"ports of SRV"`
	Alias        string            `json:"alias,omitempty" doc:"of CNAME: the name that becomes an alias of the request's"`
	Target       string            `json:"target,omitempty" doc:"of CNAME, SRV, PTR: what the request's name points to"`
	Priority     *uint16           `json:"priority,omitempty" doc:"of SRV"`
	Weight       *uint16           `json:"weight,omitempty" doc:"of SRV"`
	MailHost     string            `json:"mailHost,omitempty" doc:"of MX"`
	MailPriority *uint16           `json:"mailPriority,omitempty" doc:"of MX: the preference"`
	Text         *string           `json:"text,omitempty" doc:"of TXT, of any length"`
	NsHost       string            `json:"nsHost,omitempty" doc:"of NS"`
	Rdata        string            `json:"rdata,omitempty" doc:"data of any type in presentation form, or as RFC 3597 has it"`
	TTL          *uint32           `json:"ttl,omitempty" doc:"seconds, 1 to 2147483647; 30 if absent"`
	Update       map[string]string `json:"update,omitempty" doc:"of PUT: what is there to what takes its place"`
}

// only refuses fields that say something else than those named do, type and
// ttl: a change must not pass over what its author wanted.
func (b *body) only(names ...string) error {
	for _, f := range []struct {
		name string
		set  bool
	}{
		{"ips", b.IPs != nil}, {"ports", b.Ports != nil}, {"alias", b.Alias != ""}, {"target", b.Target != ""},
		{"priority", b.Priority != nil}, {"weight", b.Weight != nil},
		{"mailHost", b.MailHost != ""}, {"mailPriority", b.MailPriority != nil},
		{"text", b.Text != nil}, {"nsHost", b.NsHost != ""}, {"rdata", b.Rdata != ""}, {"update", b.Update != nil},
	} {
		if f.set && !slices.Contains(names, f.name) {
			if f.name == "update" {
				return fail(http.StatusBadRequest, "update: only PUT has it")
			}
			what := strings.ToUpper(b.Type)
			if what == "" {
				what = "no type"
			}
			return fail(http.StatusBadRequest, "%s does not go with %s and %s", f.name, what, names[0])
		}
	}
	return nil
}

// readBody reads the body of a change. An empty one is allowed where the
// method says so: it asks for everything.
func readBody(w http.ResponseWriter, r *http.Request) (*body, error) {
	data, err := readText(w, r)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(data)) == 0 && r.Method == http.MethodDelete {
		return &body{}, nil
	}
	return parseBody(data)
}

// parseBody reads one JSON object without unknown fields.
func parseBody(data []byte) (*body, error) {
	var b *body
	if err := parseJSON(data, &b); err != nil {
		return nil, err
	}
	if b == nil {
		return nil, fail(http.StatusBadRequest, "body: want a JSON object, not null")
	}
	if err := exactly(data, bodyFields); err != nil {
		return nil, err
	}
	return b, b.check()
}

// parseJSON reads one JSON value without unknown fields into what to points to.
func parseJSON(data []byte, to any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(to); err != nil {
		return fail(http.StatusBadRequest, "body: %s", jsonProblem(err))
	}
	if _, err := decoder.Token(); err != io.EOF {
		return fail(http.StatusBadRequest, "body: want one JSON value and nothing behind it")
	}
	return nil
}

// check refuses values that no change can have.
func (b *body) check() error {
	if b.TTL != nil && (*b.TTL == 0 || *b.TTL > maxTTL) {
		return fail(http.StatusBadRequest, "ttl: want 1 to %d seconds, not %d", maxTTL, *b.TTL)
	}
	return nil
}

// jsonProblem says what the decoder found, without Go's words.
func jsonProblem(err error) string {
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong) && wrong.Field == "":
		return "a JSON " + wrong.Value + " is not what this call takes"
	case errors.As(err, &wrong):
		return "wrong kind of value (" + wrong.Value + ") for " + wrong.Field
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "no complete JSON value"
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}
