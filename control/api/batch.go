package api

import (
	"encoding/json"
	"net/http"
	"strings"
)

// batchChange is one of a list of changes.
type batchChange struct {
	Method string `json:"method,omitempty" doc:"POST, PUT or DELETE; POST if absent"`
	Name   string `json:"name"`
	body
}

// methods are what the methods of changes do.
var methods = map[string]work{"POST": add, "PUT": update, "DELETE": remove}

// changeList serves POST of a list of changes, all of which take place, or
// none. Each is worked out as if those before it had taken place.
func (s *server) changeList(w http.ResponseWriter, r *http.Request) error {
	data, err := readText(w, r)
	if err != nil {
		return err
	}
	list, err := parseList(data)
	if err != nil {
		return err
	}
	requests, err := s.requestsOf(list, r.URL.Query().Get("user"))
	if err != nil {
		return err
	}
	names := make([][]byte, len(requests))
	for n := range requests {
		names[n] = requests[n].name
	}
	err = s.commit(r, listTimeout, func(t *tx) error {
		if err := t.read(names); err != nil {
			return err
		}
		for n, q := range requests {
			if err := methods[list[n].Method](q, t); err != nil {
				return inChange(n, list[n].Name, err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return ok(w)
}

// parseList reads a list of changes, and puts their methods into capitals.
func parseList(data []byte) ([]batchChange, error) {
	var list []batchChange
	if err := parseJSON(data, &list); err != nil {
		return nil, err
	}
	var objects []json.RawMessage
	if err := parseJSON(data, &objects); err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fail(http.StatusBadRequest, "body: want a list of at least one change")
	}
	if len(list) > maxWrites {
		return nil, errTooMuch
	}
	for n := range list {
		c := &list[n]
		if err := exactly(objects[n], changeFields); err != nil {
			return nil, inChange(n, c.Name, err)
		}
		if c.Method = strings.ToUpper(c.Method); c.Method == "" {
			c.Method = http.MethodPost
		}
		if methods[c.Method] == nil {
			return nil, inChange(n, c.Name, fail(http.StatusBadRequest, "method: want POST, PUT or DELETE, not %q", c.Method))
		}
		if err := c.check(); err != nil {
			return nil, inChange(n, c.Name, err)
		}
	}
	return list, nil
}

// requestsOf are the changes of a list as a user's requests.
func (s *server) requestsOf(list []batchChange, user string) ([]*request, error) {
	requests := make([]*request, len(list))
	for n := range list {
		name, err := s.names.changeable(list[n].Name)
		if err != nil {
			return nil, inChange(n, list[n].Name, err)
		}
		requests[n] = &request{names: s.names, name: name, user: user, body: &list[n].body}
	}
	return requests, nil
}

// inChange says which change of a list an error is about.
func inChange(n int, name string, err error) error {
	if f, ok := err.(failure); ok {
		return fail(f.code, "change %d, %s: %s", n+1, name, f.text)
	}
	return err
}
