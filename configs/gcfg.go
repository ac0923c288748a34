package configs

import (
	"bufio"
	"bytes"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/rs/zerolog"
)

// The lines of the ancestor's files (gcfg): sections, and keys with values
// that need no quotes; a comment begins with # or ;.
var (
	oldSection = regexp.MustCompile(`^\[\s*([A-Za-z0-9-]+)\s*\]$`)
	oldKey     = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9-]*)\s*(?:=\s*(.*))?$`)
)

// ancestorForm reports whether data, which is not TOML, is in the ancestor's
// form, and the first line with a value that TOML does not have.
func ancestorForm(data []byte) (line int, old bool) {
	n := 0
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Scan() {
		n++
		text := strings.TrimSpace(lines.Text())
		if text == "" || text[0] == '#' || oldSection.MatchString(text) {
			continue
		}
		if text[0] != ';' {
			key := oldKey.FindStringSubmatch(text)
			if key == nil {
				return 0, false
			}
			if value := key[2]; value != "" && !strings.ContainsAny(value[:1], `"'[{`) && line == 0 {
				if _, err := strconv.ParseFloat(value, 64); err != nil && value != "true" && value != "false" {
					line = n
				}
			}
		}
	}
	return line, line > 0 && lines.Err() == nil
}

// oldLine is one line of a file in the ancestor's form.
type oldLine struct {
	number  int
	section string // of the key, or the one that begins here
	key     string // empty: a section or a comment
	value   string
	comment string // the whole line, where it is one
}

// readOld reads the lines of a file in the ancestor's form. What TOML does not
// have, a section or a key that stands twice, is an error with path and line.
func readOld(path string, data []byte) ([]oldLine, error) {
	var list []oldLine
	section := ""
	seen := map[string]bool{}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		l := oldLine{number: n}
		text := strings.TrimSpace(lines.Text())
		begins := oldSection.FindStringSubmatch(text)
		key := oldKey.FindStringSubmatch(text)
		switch {
		case begins != nil:
			section = begins[1]
		case text == "" || text[0] == '#' || text[0] == ';':
			l.comment = strings.Replace(text, ";", "#", 1)
			list = append(list, l)
			continue
		case key == nil:
			return nil, fmt.Errorf("%s:%d: neither a section nor a key with a value", path, n)
		default:
			l.key, l.value = key[1], oldValue(key[2])
		}
		l.section = section
		id := strings.ToLower(section + "." + l.key)
		if seen[id] {
			return nil, fmt.Errorf("%s:%d: %w", path, n, Problem{section, l.key, "stands twice: make one of the two"})
		}
		seen[id] = true
		list = append(list, l)
	}
	return list, lines.Err()
}

// Convert turns a file in the ancestor's form into TOML, comments kept: one of
// skydns, kubeapi, scanner or schedule, whichever has its keys. A key or section
// that none of them has, or a value that its key cannot have, is an error with
// path and line.
func Convert(path string, data []byte) ([]byte, error) {
	list, err := readOld(path, data)
	if err != nil {
		return nil, err
	}
	var best error
	known := -1
	for _, kind := range oldKinds() {
		converted, n, err := convertAs(path, list, kind)
		if err == nil {
			return converted, nil
		}
		if n > known {
			best, known = err, n
		}
	}
	return nil, best
}

// finder gives the field that a section's key is for.
type finder func(section, key string) (reflect.Value, bool)

// oldKinds are the ancestor's kinds of files. skydns.toml has the keys of two.
func oldKinds() []finder {
	r := reader{config: Default()}
	kinds := []finder{func(section, key string) (reflect.Value, bool) {
		_, _, f, ok := r.target(section, key)
		return f, ok
	}}
	for _, other := range []any{&Scanner{}, &Schedule{}} {
		config := reflect.ValueOf(other).Elem()
		kinds = append(kinds, func(section, key string) (reflect.Value, bool) {
			if sec, ok := field(config, section); ok {
				return field(sec, key)
			}
			return reflect.Value{}, false
		})
	}
	return kinds
}

// convertAs writes lines as a kind of file. With an error it gives how many
// lines it could write.
func convertAs(path string, list []oldLine, find finder) ([]byte, int, error) {
	var out bytes.Buffer
	for n, l := range list {
		switch {
		case l.key != "":
			f, ok := find(l.section, l.key)
			if !ok {
				return nil, n, fmt.Errorf("%s:%d: %w", path, l.number, Problem{l.section, l.key, "no such key"})
			}
			value, err := convertValue(f, l.value)
			if err != nil {
				return nil, n, fmt.Errorf("%s:%d: %w", path, l.number, Problem{l.section, l.key, err.Error()})
			}
			fmt.Fprintf(&out, "%s = %s\n", l.key, value)
		case l.section != "":
			fmt.Fprintf(&out, "[%s]\n", l.section)
		default:
			fmt.Fprintln(&out, l.comment)
		}
	}
	return out.Bytes(), len(list), nil
}

// oldValue is a value without its quotes and the comment behind it.
func oldValue(s string) string {
	if unquoted, err := strconv.QuotedPrefix(s); err == nil {
		if u, err := strconv.Unquote(unquoted); err == nil {
			return u
		}
	}
	if i := strings.IndexAny(s, "#;"); i >= 0 {
		s = s[:i]
	}
	return strings.TrimSpace(s)
}

// convertValue writes a value as TOML, as the type of its field wants it.
func convertValue(f reflect.Value, s string) (string, error) {
	switch f.Addr().Interface().(type) {
	case *bool:
		switch strings.ToLower(s) {
		case "", "true", "yes", "on", "1":
			return "true", nil
		case "false", "no", "off", "0":
			return "false", nil
		}
		return "", fmt.Errorf("want YES or NO, not %q", s)
	case *int:
		n, err := strconv.Atoi(s)
		if err != nil {
			return "", fmt.Errorf("want a number, not %q", s)
		}
		return strconv.Itoa(n), nil
	case *Level:
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 {
			return "", fmt.Errorf("want a number, not %q", s)
		}
		if n > int(zerolog.PanicLevel) {
			return "0 # everything, as " + s + " in the ancestor's file", nil
		}
		return strconv.Itoa(n), nil
	}
	return strconv.Quote(s), nil
}
