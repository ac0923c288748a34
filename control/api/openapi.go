package api

import (
	"encoding"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/ipdcode/skydns/configs"
)

// describe serves GET of openapi.json, which is made of the table of routes and
// of the types that bodies and answers are read into and written from.
func (s *server) describe(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "application/json")
	out := json.NewEncoder(w)
	out.SetIndent("", " ")
	return out.Encode(document(s.table()))
}

// document is an OpenAPI 3.1 description of routes.
func document(routes []route) schema {
	paths := map[string]schema{}
	for _, r := range routes {
		if paths[r.path] == nil {
			paths[r.path] = schema{}
		}
		paths[r.path][strings.ToLower(r.method)] = r.describe()
	}
	return schema{
		"openapi": "3.1.0",
		"info": schema{
			"title": "SkyDNS", "version": configs.Version(),
			"description": "Reads and changes DNS records. A failure answers \"ERR, <what is wrong>\" and has changed nothing. " +
				"A path answers 405 to methods that it does not have.",
		},
		"paths":    paths,
		"security": []schema{{"bearer": []string{}}, {"query": []string{}}},
		"components": schema{
			"securitySchemes": schema{
				"bearer": schema{"type": "http", "scheme": "bearer"},
				"query":  schema{"type": "apiKey", "in": "query", "name": "token"},
			},
			"schemas": schema{
				"Change":  structSchema(reflect.TypeFor[body]()),
				"Changes": schema{"type": "array", "minItems": 1, "maxItems": maxWrites, "items": structSchema(reflect.TypeFor[batchChange]())},
				"Names":   schema{"type": "object", "additionalProperties": ref("Records")},
				"Records": structSchema(reflect.TypeFor[view]()),
				"Status":  structSchema(reflect.TypeFor[statusView]()),
				"Refusal": schema{"type": "string", "pattern": "^ERR, [^\n]+\n$"},
			},
		},
	}
}

// describe is the route as an operation of OpenAPI.
func (r route) describe() schema {
	responses := schema{"200": schema{"description": "done", "content": content(r.answers)}}
	for _, code := range r.refusals {
		responses[strconv.Itoa(code)] = schema{
			"description": http.StatusText(code), "content": content(map[string]schema{"text/plain": ref("Refusal")}),
		}
	}
	o := schema{"operationId": r.id, "summary": r.summary, "responses": responses}
	parameters := []schema{}
	if strings.Contains(r.path, "{name}") {
		parameters = append(parameters, schema{"name": "name", "in": "path", "required": true, "schema": textSchema})
	}
	for _, p := range r.query {
		parameters = append(parameters, schema{"name": p.name, "in": "query", "description": p.text, "schema": p.schema})
	}
	if len(parameters) > 0 {
		o["parameters"] = parameters
	}
	if r.bodies != nil {
		o["requestBody"] = schema{"required": !r.optional, "content": content(r.bodies)}
	}
	if r.open {
		o["security"] = []schema{}
	}
	return o
}

func content(bodies map[string]schema) schema {
	c := schema{}
	for kind, s := range bodies {
		c[kind] = schema{"schema": s}
	}
	return c
}

// ref is a reference to a schema of the document.
func ref(name string) schema { return schema{"$ref": "#/components/schemas/" + name} }

// schemaOf is the schema of a type as encoding/json writes it.
func schemaOf(t reflect.Type) schema {
	switch {
	case t == reflect.TypeFor[view]():
		return ref("Records")
	case t == reflect.TypeFor[json.RawMessage]():
		return schema{"type": "object"}
	case t.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		return schema{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem())
	case reflect.String:
		return schema{"type": "string"}
	case reflect.Uint16, reflect.Uint32:
		return schema{"type": "integer", "minimum": 0, "maximum": uint64(1)<<t.Bits() - 1}
	case reflect.Slice:
		return schema{"type": "array", "items": schemaOf(t.Elem())}
	case reflect.Map:
		return schema{"type": "object", "additionalProperties": schemaOf(t.Elem())}
	}
	panic(fmt.Sprintf("api: no schema for %v", t))
}

// structSchema is the schema of a struct: its fields, and no others.
func structSchema(t reflect.Type) schema {
	properties := schema{}
	required := []string{}
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous {
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		property := schemaOf(f.Type)
		if doc := f.Tag.Get("doc"); doc != "" {
			property["description"] = doc
		}
		properties[name] = property
		if options == "" {
			required = append(required, name)
		}
	}
	return schema{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}
