package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// change is what the command line says of a change of one name.
type change struct {
	domain, method, ips, alias, rrtype, updates string
	ttl                                         uint
}

// body is a change as the interface reads it.
type body struct {
	Type   string            `json:"type,omitempty"`
	IPs    []string          `json:"ips,omitempty"`
	Alias  string            `json:"alias,omitempty"`
	TTL    uint              `json:"ttl,omitempty"`
	Update map[string]string `json:"update,omitempty"`
}

// send makes the change and prints the interface's answer.
func (c *change) send(ctx context.Context, to *client, stdout io.Writer) error {
	methods := map[string]string{"create": http.MethodPost, "update": http.MethodPut, "delete": http.MethodDelete}
	method, known := methods[c.method]
	if !known {
		return usageError(fmt.Sprintf("-method: want create, update or delete, not %q", c.method))
	}
	b, err := c.body()
	if err != nil {
		return err
	}
	text, err := json.Marshal(b)
	if err != nil {
		return err
	}
	answer, err := to.do(ctx, method, c.domain, url.Values{}, string(text))
	if err == nil {
		_, err = stdout.Write(answer)
	}
	return err
}

// body turns the flags into a body; a flag that the method has no use for is
// wrong usage.
func (c *change) body() (*body, error) {
	b := &body{Type: c.rrtype, IPs: parts(c.ips), Alias: c.alias, TTL: c.ttl}
	switch {
	case c.method == "update" && c.updates == "":
		return nil, usageError("update: want -updates")
	case c.method == "update" && (c.ips != "" || c.alias != ""):
		return nil, usageError("update: -updates says all: no -ips, no -alias")
	case c.method != "update" && c.updates != "":
		return nil, usageError(c.method + ": -updates is for update")
	case c.method == "create" && c.ips == "" && c.alias == "":
		return nil, usageError("create: want -ips or -alias")
	case c.ips != "" && c.alias != "":
		return nil, usageError("want -ips or -alias, not both")
	case c.alias != "" && b.Type == "":
		b.Type = "CNAME"
	}
	if c.updates != "" {
		return b, b.readUpdates(c.updates)
	}
	return b, nil
}

// readUpdates reads ips:OLD->NEW and alias:OLD->NEW.
func (b *body) readUpdates(updates string) error {
	kind, list, found := strings.Cut(updates, ":")
	b.Update = map[string]string{}
	for _, part := range parts(list) {
		from, to, arrow := strings.Cut(part, "->")
		b.Update[strings.TrimSpace(from)] = strings.TrimSpace(to)
		found = found && arrow
	}
	if !found || kind != "ips" && kind != "alias" || len(b.Update) == 0 {
		return usageError(fmt.Sprintf("-updates: want ips:OLD->NEW or alias:OLD->NEW, not %q", updates))
	}
	if kind == "alias" && b.Type == "" {
		b.Type = "CNAME"
	}
	return nil
}

// parts are the texts between semicolons.
func parts(s string) []string {
	var list []string
	for part := range strings.SplitSeq(s, ";") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}
