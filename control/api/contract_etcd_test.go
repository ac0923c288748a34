package api

import (
	"fmt"
	"strings"
	"testing"
)

// TestEtcdPromises goes through what is promised of etcd's keys, as far as the
// REST interface writes and reads them, line by line.
func TestEtcdPromises(t *testing.T) {
	f := newFixtureOf(t, "promised.test.", "/monitor/promised/status/")
	get := func(name string) string { return f.get("/skydns/api/" + name) }
	for _, p := range []struct {
		line string
		kept func() string // empty, or what is wrong
	}{
		{"key /skydns/ + the labels reversed + one label for the item; ours: type, user", func() string {
			f.ok("POST", "w.cctv2?user=ann", `{"ips":["10.0.0.1"],"ttl":5}`)
			for key, value := range f.keys("/skydns/test/promised/cctv2/w/") {
				if strings.Contains(key, "/") || value != `{"host":"10.0.0.1","ttl":5,"type":"A","user":"ann"}` {
					return key + " " + value
				}
			}
			return f.wants(len(f.keys("/skydns/test/promised/cctv2/w/")) == 1, "one key")
		}},
		{"value host, port, priority, weight; text; mail; rdata", func() string {
			f.ok("POST", "v", `{"type":"SRV","target":"b","ports":[80],"priority":1,"weight":2}`)
			f.ok("POST", "v", `{"type":"TXT","text":"x"}`)
			f.ok("POST", "v", `{"type":"MX","mailHost":"b","mailPriority":3}`)
			f.ok("POST", "v", `{"type":"CAA","rdata":"0 issue \"ca\""}`)
			all := fmt.Sprint(f.keys("/skydns/test/promised/v/"))
			for _, want := range []string{
				`{"host":"b.D.","port":80,"priority":1,"weight":2,"type":"SRV"}`, `{"text":"x","type":"TXT"}`,
				`{"host":"b.D.","priority":3,"mail":true,"type":"MX"}`, `"type":"CAA","rdata":"0 issue`,
			} {
				if !strings.Contains(all, want) {
					return want + " is not in " + all
				}
			}
			return ""
		}},
		{"keys that others wrote: with or without a slash, an item label or a type; targetstrip, group", func() string {
			for key, value := range map[string]string{
				"": `{"host":"10.0.0.1"}`, "/": `{"host":"10.0.0.2"}`, "/x": `{"host":"10.0.0.3","group":"g"}`, "/y/": `{"host":"10.0.0.4","targetstrip":1}`,
				"/z": `{"host":"10.0.0.5","type":"A"}`,
			} {
				f.put("/skydns/test/promised/others"+key, value)
			}
			return f.wants(get("others") == `{"others.D.":{"ips":["10.0.0.1","10.0.0.2","10.0.0.3","10.0.0.4","10.0.0.5"],"type":"A"}}`, get("others"))
		}},
		{"a value that is not understood is skipped; the rest is served", func() string {
			f.put("/skydns/test/promised/rest/a", `{`)
			f.put("/skydns/test/promised/rest/b", `{"host":"10.0.0.1"}`)
			return f.wants(get("rest") == `{"rest.D.":{"ips":["10.0.0.1"],"type":"A"}}`, get("rest"))
		}},
		{"ip-monitor-path + IP: control makes and removes it with the records", func() string {
			f.ok("POST", "s", `{"type":"SRV","ips":["10.1.1.1"],"ports":[80]}`)
			made := f.keys(f.monitor)["10.1.1.1"]
			f.ok("DELETE", "s", "")
			return f.wants(made == `{"domains":["s.D."],"ports":["80"],"status":"UP"}` && f.keys(f.monitor)["10.1.1.1"] == "", made)
		}},
		{"a scanner (or a person) changes status; cluster stays", func() string {
			f.ok("POST", "s", `{"ips":["10.1.1.1"]}`)
			f.put(f.monitor+"10.1.1.1", `{"status":"DOWN","cluster":"c","domains":["s.`+f.domain+`"]}`)
			f.ok("POST", "t", `{"ips":["10.1.1.1"]}`)
			got := f.keys(f.monitor)["10.1.1.1"]
			return f.wants(got == `{"cluster":"c","domains":["s.D.","t.D."],"status":"DOWN"}`, got)
		}},
	} {
		t.Run(p.line, func(t *testing.T) {
			if wrong := p.kept(); wrong != "" {
				t.Error(wrong)
			}
		})
	}
}

// wants is empty if something holds, else what is there instead.
func (f *fixture) wants(holds bool, got string) string {
	if holds {
		return ""
	}
	return f.short(got)
}
