package configs

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// Read reads and validates the file at path over Default. The error has one
// line for each problem.
func Read(path string) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	return Parse(path, data)
}

// Parse is Read of data, which errors call by the name path.
func Parse(path string, data []byte) (*Config, error) {
	r := reader{path: path, config: Default(), keys: map[string]toml.Primitive{}}
	var sections map[string]toml.Primitive
	var err error
	if r.meta, err = toml.Decode(string(data), &sections); err != nil {
		return nil, syntaxError(path, data, err)
	}
	for _, name := range inOrder(&r.meta, sections, 0) {
		r.section(name, sections[name])
	}
	if _, set := r.keys["skydnsapi.api-enable"]; !set && r.config.SkydnsApi.Token == "" {
		r.config.SkydnsApi.Enable = false // the file says nothing of REST
	}
	if len(r.problems) == 0 {
		for _, p := range r.config.Validate() {
			r.problem(r.keys[strings.ToLower(p.Section+"."+p.Key)], p)
		}
	}
	if len(r.problems) > 0 {
		return nil, errors.Join(r.problems...)
	}
	return r.config, nil
}

// syntaxError is why data is not TOML.
func syntaxError(path string, data []byte, err error) error {
	if line, old := ancestorForm(data); old {
		return fmt.Errorf("%s:%d: this is the ancestor's form, not TOML: convert it with skydns-apicmd -convert-config %s", path, line, path)
	}
	var parse toml.ParseError
	if errors.As(err, &parse) {
		text := parse.Message
		if key := secretIn(data, parse.Position.Line); key != "" {
			text = key + ": " + secretProblem
		}
		return fmt.Errorf("%s:%d: not TOML: %s", path, parse.Position.Line, text)
	}
	return fmt.Errorf("%s: not TOML: %w", path, err)
}

// Problem is something wrong with the value of one key.
type Problem struct {
	Section, Key string // the key is empty where the section is wrong
	Text         string // what is wrong, and what would be right
}

// Error is the problem in one line.
func (p Problem) Error() string {
	if p.Key == "" {
		return fmt.Sprintf("[%s]: %s", p.Section, p.Text)
	}
	return fmt.Sprintf("[%s] %s: %s", p.Section, p.Key, p.Text)
}

// reader is one file on its way into a Config.
type reader struct {
	path     string
	meta     toml.MetaData
	config   *Config
	keys     map[string]toml.Primitive // what set a key, by section.key in lower case
	problems []error
}

func (r *reader) problem(at toml.Primitive, p Problem) {
	place := r.path
	if line := r.line(at); line > 0 {
		place = fmt.Sprintf("%s:%d", place, line)
	}
	r.problems = append(r.problems, fmt.Errorf("%s: %w", place, p))
}

// refuse is a value that nothing can be decoded into.
type refuse struct{}

// UnmarshalTOML fails always.
func (*refuse) UnmarshalTOML(any) error { return errors.ErrUnsupported }

// line is where in the file p stands, 0 if nowhere: the decoder tells it only
// of a value that it could not decode.
func (r *reader) line(p toml.Primitive) int {
	var parse toml.ParseError
	if errors.As(r.meta.PrimitiveDecode(p, &refuse{}), &parse) {
		return parse.Position.Line
	}
	return 0
}

// section reads the keys of one section.
func (r *reader) section(name string, p toml.Primitive) {
	if _, ok := field(reflect.ValueOf(r.config).Elem(), name); !ok {
		r.problem(p, Problem{name, "", "no such section"})
		return
	}
	var v any
	var keys map[string]toml.Primitive
	err := r.meta.PrimitiveDecode(p, &v)
	if _, table := v.(map[string]any); err != nil || !table || r.meta.PrimitiveDecode(p, &keys) != nil {
		r.problem(p, Problem{name, "", "want one section with keys, not a value"})
		return
	}
	for _, key := range inOrder(&r.meta, keys, 1) {
		r.key(name, key, keys[key])
	}
}

// key reads one key into the field that it is for.
func (r *reader) key(section, key string, p toml.Primitive) {
	sec, name, f, ok := r.target(section, key)
	if !ok {
		r.problem(p, Problem{section, key, "no such key"})
		return
	}
	id := strings.ToLower(sec + "." + name)
	if before, twice := r.keys[id]; twice {
		r.problem(p, Problem{section, key, fmt.Sprintf("line %d sets the same", r.line(before))})
		return
	}
	r.keys[id] = p
	var v any
	if err := r.meta.PrimitiveDecode(p, &v); err != nil {
		r.problem(p, Problem{section, key, err.Error()})
		return
	}
	if err := assign(f, v); err != nil {
		text := err.Error()
		if isSecret(name) {
			text = secretProblem
		}
		r.problem(p, Problem{section, key, text})
	}
}

// generalNames are the keys of [General] that have another name elsewhere.
var generalNames = map[string]string{"domain": "dns-domain", "etcd-server": "etcd-servers"}

// target is the field that a key is for, and the section and key that it has
// there. Keys of [General] may be those of other sections.
func (r *reader) target(section, key string) (sec, name string, f reflect.Value, ok bool) {
	sections := []string{section}
	if strings.EqualFold(section, "General") {
		sections = append(sections, "Dns", "Etcd", "Log")
		if other := generalNames[strings.ToLower(key)]; other != "" {
			key = other
		}
	}
	for _, s := range sections {
		if sec, found := field(reflect.ValueOf(r.config).Elem(), s); found {
			if f, ok := field(sec, key); ok {
				return s, key, f, true
			}
		}
	}
	return "", "", reflect.Value{}, false
}

// field is the field of a struct that has the tag name, in any case: the
// ancestor's files are read without case.
func field(v reflect.Value, name string) (reflect.Value, bool) {
	for i := range v.NumField() {
		if strings.EqualFold(v.Type().Field(i).Tag.Get("toml"), name) {
			return v.Field(i), true
		}
	}
	return reflect.Value{}, false
}

// assign stores a decoded value of the file in a field.
func assign(f reflect.Value, v any) error {
	switch to := f.Addr().Interface().(type) {
	case toml.Unmarshaler:
		return to.UnmarshalTOML(v)
	case *string:
		s, ok := v.(string)
		if !ok {
			return fmt.Errorf("want a text in quotes, not %v", v)
		}
		*to = s
	case *bool:
		b, ok := v.(bool)
		if !ok {
			return fmt.Errorf("want true or false, not %v", v)
		}
		*to = b
	case *int:
		n, ok := v.(int64)
		if !ok {
			return fmt.Errorf("want a number, not %v", v)
		}
		*to = int(n)
	default:
		panic("configs: no reading of " + f.Type().String())
	}
	return nil
}

// inOrder is the keys of a table, whose depth is given, in the file's order.
func inOrder(meta *toml.MetaData, table map[string]toml.Primitive, depth int) []string {
	var names []string
	for _, k := range meta.Keys() {
		if len(k) <= depth || slices.Contains(names, k[depth]) {
			continue
		}
		if _, ok := table[k[depth]]; ok {
			names = append(names, k[depth])
		}
	}
	return names
}
