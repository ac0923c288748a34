package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// records are the records of one type at a name, as the interface shows them.
type records struct {
	Type   string    `json:"type"`
	IPs    []string  `json:"ips"`
	Target string    `json:"target"`
	Rdata  []string  `json:"rdata"`
	User   string    `json:"user"`
	More   []records `json:"more"`
}

// printAnswer writes the interface's answer as text or json.
func printAnswer(w io.Writer, answer []byte, output string) error {
	if output == "json" {
		return printJSON(w, answer)
	}
	return printText(w, answer)
}

func printJSON(w io.Writer, answer []byte) error {
	var out bytes.Buffer
	if err := json.Indent(&out, answer, "", "  "); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	_, err := out.WriteTo(w)
	return err
}

// printText writes one line a name, sorted, in the ancestor's form.
func printText(w io.Writer, answer []byte) error {
	var names map[string]records
	if err := json.Unmarshal(answer, &names); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		_, err := fmt.Fprintf(w, "domain:  %56s       val: %s\n", strings.TrimSuffix(name, "."), names[name].text())
		if err != nil {
			return err
		}
	}
	return nil
}

// text is the records of a name, each type in braces.
func (r records) text() string {
	fields := []string{"type:" + r.Type}
	switch {
	case r.Target != "":
		fields = append(fields, "target:"+r.Target)
	case r.Rdata != nil:
		fields = append(fields, fmt.Sprintf("rdata:[%s]", strings.Join(r.Rdata, "; ")))
	default:
		fields = append(fields, fmt.Sprintf("ips:%v", r.IPs))
	}
	if r.User != "" {
		fields = append(fields, "user:"+r.User)
	}
	text := "{ " + strings.Join(fields, "  ") + " }"
	for _, more := range r.More {
		text += " " + more.text()
	}
	return text
}
