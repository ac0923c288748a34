package api

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// described is openapi.json as the interface serves it.
type described struct {
	t        *testing.T
	document any
	Paths    map[string]map[string]struct {
		OperationID string
		Responses   map[string]struct {
			Content map[string]any
		}
	}
	schemas map[string]*jsonschema.Schema // compiled, by pointer
}

func (f *fixture) described() *described {
	f.Helper()
	code, text := f.do("GET", "/openapi.json", "")
	if code != 200 {
		f.Fatal(code, text)
	}
	d := &described{t: f.T, schemas: map[string]*jsonschema.Schema{}}
	var err error
	if d.document, err = jsonschema.UnmarshalJSON(strings.NewReader(text)); err != nil {
		f.Fatal(err)
	}
	if err := json.Unmarshal([]byte(text), d); err != nil {
		f.Fatal(err)
	}
	return d
}

// schema is the schema at a JSON pointer into the document.
func (d *described) schema(pointer string) *jsonschema.Schema {
	d.t.Helper()
	if s := d.schemas[pointer]; s != nil {
		return s
	}
	c := jsonschema.NewCompiler()
	err := c.AddResource("test:openapi.json", d.document)
	if err != nil {
		d.t.Fatal(err)
	}
	s, err := c.Compile("test:openapi.json#" + pointer)
	if err != nil {
		d.t.Fatal(err)
	}
	d.schemas[pointer] = s
	return s
}

// TestDocument verifies that openapi.json is a valid OpenAPI document, that its
// schemas are valid, and that it has every route.
func TestDocument(t *testing.T) {
	f := newFixture(t)
	d := f.described()
	text, err := os.Open("testdata/openapi-3.1-schema.json")
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	of31, err := jsonschema.UnmarshalJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("test:oas31.json", of31); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("test:oas31.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(d.document); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"Change", "Changes", "Names", "Records", "Status", "Refusal"} {
		d.schema("/components/schemas/" + name)
	}
	server, err := newServer(f.options())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range server.table() {
		if d.Paths[r.path][strings.ToLower(r.method)].OperationID != r.id {
			t.Errorf("%s %s is not described", r.method, r.path)
		}
	}
}

// TestDescribedBodies verifies that the schema of changes has each of the
// bodies that the interface's README shows, and none with an unknown field.
func TestDescribedBodies(t *testing.T) {
	d := newFixture(t).described()
	for body, good := range map[string]bool{
		`{"type":"A","ips":["192.168.10.1"]}`:                                    true,
		`{"type":"cname","alias":"tv1"}`:                                         true,
		`{"type":"SRV","ips":["10.0.0.1"],"ports":[80],"priority":1,"weight":2}`: true,
		`{"type":"CAA","rdata":"0 issue \"ca.example\"","ttl":60}`:               true,
		`{"type":"A","update":{"10.0.0.1":"10.0.0.2"}}`:                          true,
		`{"type":"A","ips":"192.168.10.1"}`:                                      false,
		`{"type":"A","address":"192.168.10.1"}`:                                  false,
		`{"type":"SRV","target":"a","ports":[65536]}`:                            false,
		`{"type":"MX","mailHost":"mail","mailPriority":-1}`:                      false,
		`[{"name":"a","ips":["10.0.0.1"]},{"method":"DELETE","name":"b"}]`:       false,
		`{"type":"TXT","text":"","ttl":30}`:                                      true,
		`{"type":"MX","mailHost":"mail","mailPriority":10}`:                      true,
		`{"ips":["192.168.10.1","2001:db8::1"]}`:                                 true,
		`{"type":"NS","nsHost":"ns1"}`:                                           true,
		`{"type":"PTR","target":"host"}`:                                         true,
		`{"type":"cname","target":"www.example.com"}`:                            true,
		`{"type":"cname","update":{"OLD":"NEW"}}`:                                true,
		`{"type":"cname","update":{"OLD":1}}`:                                    false,
		`{"type":"TYPE65280","rdata":"\\# 2 0102"}`:                              true,
		`{}`:   true,
		`null`: false,
	} {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if err := d.schema("/components/schemas/Change").Validate(v); (err == nil) != good {
			t.Errorf("%s: %v", body, err)
		}
	}
}
