package configs

import (
	"bufio"
	"bytes"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
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

// Convert turns a file in the ancestor's form into TOML, comments kept. A key
// or section that skydns.toml does not have, or a value that its key cannot
// have, is an error with path and line.
func Convert(path string, data []byte) ([]byte, error) {
	var out bytes.Buffer
	r := reader{config: Default()}
	section := ""
	n := 0
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Scan() {
		n++
		text := strings.TrimSpace(lines.Text())
		if sec := oldSection.FindStringSubmatch(text); sec != nil {
			section = sec[1]
			fmt.Fprintf(&out, "[%s]\n", section)
			continue
		}
		if text == "" || text[0] == '#' || text[0] == ';' {
			fmt.Fprintln(&out, strings.Replace(text, ";", "#", 1))
			continue
		}
		key := oldKey.FindStringSubmatch(text)
		if key == nil {
			return nil, fmt.Errorf("%s:%d: neither a section nor a key with a value", path, n)
		}
		_, _, f, ok := r.target(section, key[1])
		if !ok {
			return nil, fmt.Errorf("%s:%d: %w", path, n, Problem{section, key[1], "no such key"})
		}
		value, err := convertValue(f, oldValue(key[2]))
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, n, Problem{section, key[1], err.Error()})
		}
		fmt.Fprintf(&out, "%s = %s\n", key[1], value)
	}
	return out.Bytes(), lines.Err()
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
	case *int, *Level:
		n, err := strconv.Atoi(s)
		if err != nil {
			return "", fmt.Errorf("want a number, not %q", s)
		}
		return strconv.Itoa(n), nil
	}
	return strconv.Quote(s), nil
}
