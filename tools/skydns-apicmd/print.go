package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// pageNames is how many names are asked for at once.
const pageNames = 2000

// records are the records of one type at a name, as the interface shows them.
type records struct {
	Type   string    `json:"type"`
	IPs    []string  `json:"ips"`
	Target string    `json:"target"`
	Rdata  []string  `json:"rdata"`
	User   string    `json:"user"`
	More   []records `json:"more"`
}

// printName prints what a name has, which may also be that of a service of
// Kubernetes.
func (o *options) printName(ctx context.Context, c *client, stdout io.Writer) error {
	answer, err := c.do(ctx, http.MethodGet, o.show, url.Values{"svc": {"true"}}, "")
	if err != nil {
		return err
	}
	p := printer{to: stdout, output: o.output}
	if _, _, err := p.page(answer); err != nil {
		return err
	}
	return p.end()
}

// printList prints all names, a page at a time.
func (o *options) printList(ctx context.Context, c *client, stdout io.Writer) error {
	p := printer{to: stdout, output: o.output}
	for after, more := "", true; more; {
		query := url.Values{"limit": {strconv.Itoa(pageNames)}, "after": {after}}
		answer, err := c.do(ctx, http.MethodGet, "", query, "")
		if err != nil {
			return err
		}
		names := 0
		if names, after, err = p.page(answer); err != nil {
			return err
		}
		more = names == pageNames
	}
	return p.end()
}

// printResult makes a change and prints the interface's answer, as JSON where
// that is asked for.
func (o *options) printResult(change func(context.Context, *client) ([]byte, error)) func(context.Context, *client, io.Writer) error {
	return func(ctx context.Context, c *client, stdout io.Writer) error {
		answer, err := change(ctx, c)
		if err != nil {
			return err
		}
		if o.output == "json" {
			return json.NewEncoder(stdout).Encode(map[string]string{"result": strings.TrimSpace(string(answer))})
		}
		_, err = stdout.Write(answer)
		return err
	}
}

// printer prints names as text, or as one JSON object.
type printer struct {
	to     io.Writer
	output string // text or json
	begun  bool
}

// page prints the names of an answer, in its order, and tells how many these
// were, and the last one.
func (p *printer) page(answer []byte) (names int, last string, err error) {
	in := json.NewDecoder(bytes.NewReader(answer))
	if brace, err := in.Token(); err != nil || brace != json.Delim('{') {
		return 0, "", fmt.Errorf("answer: want a JSON object, not %.20q", answer)
	}
	for in.More() {
		name, err := in.Token()
		if err != nil {
			return 0, "", fmt.Errorf("answer: %w", err)
		}
		var value json.RawMessage
		if err := in.Decode(&value); err != nil {
			return 0, "", fmt.Errorf("answer: %w", err)
		}
		last, _ = name.(string) // a key is one always
		if err := p.name(last, value); err != nil {
			return 0, "", err
		}
		names++
	}
	return names, last, nil
}

// name prints what a name has: one line in the ancestor's form, or a member of
// the object.
func (p *printer) name(name string, value json.RawMessage) error {
	if p.output == "json" {
		return p.member(name, value)
	}
	var r records
	if err := json.Unmarshal(value, &r); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	_, err := fmt.Fprintf(p.to, "domain:  %56s       val: %s\n", strings.TrimSuffix(name, "."), r.text())
	return err
}

func (p *printer) member(name string, value json.RawMessage) error {
	sep := ",\n  "
	if !p.begun {
		sep = "{\n  "
	}
	p.begun = true
	key, err := json.Marshal(name)
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	var out bytes.Buffer
	out.WriteString(sep)
	out.Write(key)
	out.WriteString(": ")
	if err := json.Indent(&out, value, "  ", "  "); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	_, err = out.WriteTo(p.to)
	return err
}

// end completes the JSON object.
func (p *printer) end() error {
	text := ""
	switch {
	case p.output == "json" && p.begun:
		text = "\n}\n"
	case p.output == "json":
		text = "{}\n"
	}
	_, err := io.WriteString(p.to, text)
	return err
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
