package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// change is what the command line says of a change of one name.
type change struct {
	domain, method, ips, ports, alias, target, rdata, rrtype, updates string
	ttl                                                               uint
}

func (c *change) flags(fs *flag.FlagSet) {
	fs.StringVar(&c.domain, "domain", "", "change `NAME`, as -method says")
	fs.StringVar(&c.method, "method", "", "`create`, update or delete")
	fs.StringVar(&c.ips, "ips", "", "addresses `A;B`")
	fs.StringVar(&c.ports, "ports", "", "of -type SRV: `PORT;PORT`")
	fs.StringVar(&c.alias, "alias", "", "`NAME` that is an alias of -domain")
	fs.StringVar(&c.target, "target", "", "`NAME` that -domain points to, of -type SRV, PTR or CNAME")
	fs.StringVar(&c.rdata, "rdata", "", "`DATA` in presentation form, of any -type")
	fs.StringVar(&c.rrtype, "type", "", "`TYPE` of the records; by the addresses if not given")
	fs.StringVar(&c.updates, "updates", "", "`ips:OLD->NEW` or alias:OLD->NEW, several with ; between; or rdata:OLD->NEW")
	fs.UintVar(&c.ttl, "ttl", 0, "`SECONDS` for which answers may be kept; 0 for the default")
}

// body is a change as the interface reads it.
type body struct {
	Type   string            `json:"type,omitempty"`
	IPs    []string          `json:"ips,omitempty"`
	Ports  []uint16          `json:"ports,omitempty"`
	Alias  string            `json:"alias,omitempty"`
	Target string            `json:"target,omitempty"`
	Rdata  string            `json:"rdata,omitempty"`
	TTL    uint              `json:"ttl,omitempty"`
	Update map[string]string `json:"update,omitempty"`
}

// send makes the change, and gives the interface's answer.
func (c *change) send(ctx context.Context, to *client) ([]byte, error) {
	methods := map[string]string{"create": http.MethodPost, "update": http.MethodPut, "delete": http.MethodDelete}
	method, known := methods[c.method]
	if !known {
		return nil, usageError(fmt.Sprintf("-method: want create, update or delete, not %q", c.method))
	}
	b, err := c.body()
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(b)
	if err != nil {
		return nil, err
	}
	return to.do(ctx, method, c.domain, url.Values{}, string(text))
}

// body turns the flags into a body; a flag that the method has no use for is
// wrong usage.
func (c *change) body() (*body, error) {
	data := 0
	for _, flag := range []string{c.ips + c.target, c.alias, c.rdata} {
		if flag != "" {
			data++
		}
	}
	switch {
	case c.method == "update" && c.updates == "":
		return nil, usageError("update: want -updates")
	case c.method == "update" && data+len(c.ports) > 0:
		return nil, usageError("update: -updates says all: no -ips, -ports, -target, -alias, -rdata")
	case c.method != "update" && c.updates != "":
		return nil, usageError(c.method + ": -updates is for update")
	case c.method == "create" && data == 0:
		return nil, usageError("create: want -ips, -target, -alias or -rdata")
	case data > 1:
		return nil, usageError("want one of -ips and -target, -alias, -rdata, not several")
	case c.rdata != "" && c.rrtype == "":
		return nil, usageError("-rdata: want -type")
	case c.method == "delete" && c.ttl != 0:
		return nil, usageError("delete: no -ttl")
	}
	b := &body{Type: c.rrtype, IPs: parts(c.ips), Alias: c.alias, Target: c.target, Rdata: c.rdata, TTL: c.ttl}
	if b.Type == "" && (c.alias != "" || c.target != "") {
		b.Type = "CNAME"
	}
	for _, part := range parts(c.ports) {
		port, err := strconv.ParseUint(part, 10, 16)
		if err != nil {
			return nil, usageError(fmt.Sprintf("-ports: want numbers from 0 to 65535, not %q", part))
		}
		b.Ports = append(b.Ports, uint16(port))
	}
	return b, b.readUpdates(c.updates)
}

// readUpdates reads ips:OLD->NEW, alias:OLD->NEW and rdata:OLD->NEW.
func (b *body) readUpdates(updates string) error {
	if updates == "" {
		return nil
	}
	kind, list, found := strings.Cut(updates, ":")
	pairs := parts(list)
	if kind == "rdata" {
		pairs = []string{list} // which may have semicolons
	}
	b.Update = map[string]string{}
	for _, part := range pairs {
		from, to, arrow := strings.Cut(part, "->")
		b.Update[strings.TrimSpace(from)] = strings.TrimSpace(to)
		found = found && arrow
	}
	if !found || !slices.Contains([]string{"ips", "alias", "rdata"}, kind) || len(b.Update) == 0 {
		return usageError(fmt.Sprintf("-updates: want ips:OLD->NEW, alias:OLD->NEW or rdata:OLD->NEW, not %q", updates))
	}
	if kind == "rdata" && b.Type == "" {
		return usageError("-updates rdata: want -type")
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
