package api

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
)

// The fields that a change has, and that one of a list has.
var (
	bodyFields   = fieldsOf(reflect.TypeFor[body]())
	changeFields = fieldsOf(reflect.TypeFor[batchChange]())
)

// fieldsOf are the names in JSON of a struct's fields.
func fieldsOf(t reflect.Type) map[string]bool {
	names := map[string]bool{}
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
			names[name] = true
		}
	}
	return names
}

// exactly refuses an object with a field that is not spelled as one of fields:
// encoding/json takes "IPS" for "ips".
func exactly(data []byte, fields map[string]bool) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(data, &object); err != nil {
		return fail(http.StatusBadRequest, "body: %s", jsonProblem(err))
	}
	for name := range object {
		if !fields[name] {
			return fail(http.StatusBadRequest, "body: unknown field %q", name)
		}
	}
	return nil
}
