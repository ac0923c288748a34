package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// statusTimeout bounds each question of -status: what does not answer is the
// answer.
const statusTimeout = 5 * time.Second

// maxEtcdAge is how long ago etcd may have confirmed that everything is
// delivered: it is asked every second.
const maxEtcdAge = 10.0

// report is how a node is.
type report struct {
	OK     bool       `json:"ok"`
	Parts  []part     `json:"parts"`
	Errors []logEntry `json:"errors"` // the last ones in control's log, oldest first
}

// part is how a part of a node is.
type part struct {
	Name    string `json:"part"`
	OK      bool   `json:"ok"`
	Skipped bool   `json:"skipped,omitempty"` // it was not asked, and counts for ok
	Text    string `json:"text"`
}

// logEntry is a line of a log.
type logEntry struct {
	Time    string `json:"time"`
	Level   string `json:"level"`
	Message string `json:"message"`
	Error   string `json:"error,omitempty"`
}

// printStatus prints how a node is; a part that is not well is an error.
func (o *options) printStatus(ctx context.Context, c *client, stdout io.Writer) error {
	r := o.ask(ctx, c)
	if err := r.print(stdout, o.output); err != nil {
		return err
	}
	var bad []string
	for _, p := range r.Parts {
		if !p.OK {
			bad = append(bad, p.Name)
		}
	}
	if bad != nil {
		return errors.New("not well: " + strings.Join(bad, ", "))
	}
	return nil
}

// ask asks control and, where its address is known, dataplane.
func (o *options) ask(ctx context.Context, c *client) *report {
	r := &report{Errors: []logEntry{}}
	r.control(ctx, c)
	metrics, err := c.metrics(ctx, c.root.JoinPath("metrics").String())
	r.etcd(metrics, err)
	r.snapshot(metrics, err)
	if o.statsAddr != "" {
		r.dataplane(ctx, c, withScheme(o.statsAddr), o.statsToken)
	} else {
		r.Parts = append(r.Parts, part{"dataplane", true, true, "its address is not known: say -stats-addr, or statsServer in the file of -config-file"})
	}
	r.OK = true
	for _, p := range r.Parts {
		r.OK = r.OK && p.OK
	}
	return r
}

func (r *report) add(name string, ok bool, format string, args ...any) {
	r.Parts = append(r.Parts, part{name, ok, false, fmt.Sprintf(format, args...)})
}

func (r *report) control(ctx context.Context, c *client) {
	text, err := c.ask(ctx, c.root.JoinPath("status").String(), c.token)
	if err != nil {
		r.add("control", false, "%v", err)
		return
	}
	var s struct {
		Version, Started string
		Errors           []logEntry
	}
	if err := json.Unmarshal(text, &s); err != nil {
		r.add("control", false, "%s/status: %v", c.root.Host, err)
		return
	}
	r.Errors = append(r.Errors, s.Errors...)
	if _, err := c.ask(ctx, c.root.JoinPath("readyz").String(), ""); err != nil {
		r.add("control", false, "%v", err)
		return
	}
	r.add("control", true, "%s, ready, version %s, since %s", c.root.Host, s.Version, s.Started)
}

func (r *report) etcd(m metrics, err error) {
	age := m["skydns_etcd_age_seconds"]
	switch {
	case err != nil:
		r.add("etcd", false, "not known: control does not tell")
	case m["skydns_etcd_connected"] != 1 && age < 0:
		r.add("etcd", false, "not followed, never yet")
	case m["skydns_etcd_connected"] != 1:
		r.add("etcd", false, "not followed for %.0f s; what is published stays", age)
	default:
		r.add("etcd", age <= maxEtcdAge, "followed, revision %.0f, confirmed %.1f s ago, lost %.0f times", m["skydns_etcd_revision"], age, m["skydns_etcd_losses_total"])
	}
}

func (r *report) snapshot(m metrics, err error) {
	const mib = 1 << 20
	switch {
	case err != nil:
		r.add("snapshot", false, "not known: control does not tell")
	case m["skydns_publish_ready"] != 1:
		r.add("snapshot", false, "the first complete synchronisation with etcd is not published yet")
	default:
		r.add("snapshot", m["skydns_publish_unwritten"] == 0, "%.0f names in %.0f zones, %.1f of %.1f MiB, generation %.0f; %.0f not written, %.0f not served",
			m["skydns_snapshot_names"], m["skydns_snapshot_zones"], m["skydns_snapshot_used_bytes"]/mib, m["skydns_snapshot_bytes"]/mib,
			m["skydns_snapshot_generation"], m["skydns_publish_unwritten"], m["skydns_publish_unserved"])
	}
}

func (r *report) dataplane(ctx context.Context, c *client, url, token string) {
	text, err := c.ask(ctx, url+"/skydns/stats", token)
	if err != nil {
		r.add("dataplane", false, "%v", err)
		return
	}
	var s struct{ ReqCount, ForwardCount float64 }
	if err := json.Unmarshal(text, &s); err != nil {
		r.add("dataplane", false, "%s/skydns/stats: %v", url, err)
		return
	}
	m, err := c.metrics(ctx, url+"/metrics")
	if err != nil {
		r.add("dataplane", false, "%v", err)
		return
	}
	_, host, _ := strings.Cut(url, "://")
	r.add("dataplane", true, "%s, %.0f queries, %.0f forwarded, %.0f dropped, %.0f snapshots refused",
		host, s.ReqCount, s.ForwardCount, m["skydns_dataplane_drops_total"], m["skydns_dataplane_snapshot_errors_total"])
}

// ask reads what a URL answers.
func (c *client) ask(ctx context.Context, url, token string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, statusTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = refusal(resp, text)
	}
	return text, err
}

// metrics are the values of Prometheus' text form, those of one name and
// several labels added up.
type metrics map[string]float64

func (c *client) metrics(ctx context.Context, url string) (metrics, error) {
	text, err := c.ask(ctx, url, "")
	if err != nil {
		return nil, err
	}
	m := metrics{}
	for lines := bufio.NewScanner(strings.NewReader(string(text))); lines.Scan(); {
		line := lines.Text()
		space := strings.LastIndexByte(line, ' ')
		if space < 0 || line[0] == '#' {
			continue
		}
		name, _, _ := strings.Cut(line[:space], "{")
		if value, err := strconv.ParseFloat(line[space+1:], 64); err == nil {
			m[name] += value
		}
	}
	return m, nil
}

// print prints the report as text, one line a part and one an error, or as
// JSON.
func (r *report) print(w io.Writer, output string) error {
	if output == "json" {
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return out.Encode(r)
	}
	for _, p := range r.Parts {
		state := "ok"
		switch {
		case p.Skipped:
			state = "skipped"
		case !p.OK:
			state = "FAILED"
		}
		if _, err := fmt.Fprintf(w, "%-10s %-7s %s\n", p.Name, state, p.Text); err != nil {
			return err
		}
	}
	for _, e := range r.Errors {
		text := e.Message
		if e.Error != "" {
			text += ": " + e.Error
		}
		if _, err := fmt.Fprintf(w, "%-10s %s %s\n", "error", e.Time, text); err != nil {
			return err
		}
	}
	return nil
}
