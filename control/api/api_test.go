package api

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// TestSeed sends the ancestor's own commands.
func TestSeed(t *testing.T) {
	f := newFixtureOf(t, "skydns.local.", "/skydns/monitor/status/")
	header := http.Header{"Content-Type": {"application/json;charset=UTF-8"}}
	for _, c := range []struct{ name, body string }{
		{"cctv2", `{"type":"A","ips":["192.168.10.1","192.168.10.2","192.168.10.3"]}`},
		{"cctv2.skydns.local", `{"type":"cname","alias":"tv1"}`},
	} {
		if code, text := f.send("POST", "/skydns/api/"+c.name+"?token="+token, c.body, header); code != 200 || text != "OK" {
			t.Fatalf("%s: %d %s", c.name, code, text)
		}
	}
	want := `{"cctv2.D.":{"ips":["192.168.10.1","192.168.10.2","192.168.10.3"],"type":"A"},"tv1.D.":{"target":"cctv2.D.","type":"CNAME"}}`
	if got := f.get("/skydns/api"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestChanges sends changes, and verifies what the name shows after them.
func TestChanges(t *testing.T) {
	const two = `{"type":"A","ips":["10.0.0.1","10.0.0.2"]}`
	type call struct{ method, name, body string }
	cases := []struct {
		name  string
		calls []call
		get   string
		want  string
	}{
		{"POST adds to what is there", []call{{"POST", "n", two}, {"POST", "n", `{"type":"A","ips":["10.0.0.3"]}`}}, "n",
			`{"n.D.":{"ips":["10.0.0.1","10.0.0.2","10.0.0.3"],"type":"A"}}`},
		{"POST of what is there changes nothing", []call{{"POST", "n", two}, {"POST", "n", two}}, "n", `{"n.D.":{"ips":["10.0.0.1","10.0.0.2"],"type":"A"}}`},
		{"names and types in any case", []call{{"POST", "N", `{"type":"a","ips":["10.0.0.1"]}`}, {"POST", "n.DOMAIN", `{"type":"A","ips":["10.0.0.2"]}`}}, "N.DOMAIN.",
			`{"n.D.":{"ips":["10.0.0.1","10.0.0.2"],"type":"A"}}`},
		{"a name of several labels gets the first domain", []call{{"POST", "a.b", two}}, "a.b.DOMAIN.", `{"a.b.D.":{"ips":["10.0.0.1","10.0.0.2"],"type":"A"}}`},
		{"a name in the second domain is itself", []call{{"POST", "n.second.DOMAIN", two}}, "n.second.DOMAIN.", `{"n.second.D.":{"ips":["10.0.0.1","10.0.0.2"],"type":"A"}}`},
		{"the domain itself", []call{{"POST", "DOMAIN.", two}, {"POST", "n", two}}, "DOMAIN", `{"D.":{"ips":["10.0.0.1","10.0.0.2"],"type":"A"}}`},
		{"a wildcard", []call{{"POST", "*.w", two}}, "*.w", `{"*.w.D.":{"ips":["10.0.0.1","10.0.0.2"],"type":"A"}}`},
		{"AAAA", []call{{"POST", "n", `{"type":"AAAA","ips":["2001:DB8::1"]}`}}, "n", `{"n.D.":{"ips":["2001:db8::1"],"type":"AAAA"}}`},
		{"both families by address", []call{{"POST", "n", `{"ips":["2001:db8::1","10.0.0.1"]}`}}, "n",
			`{"n.D.":{"ips":["10.0.0.1"],"more":[{"ips":["2001:db8::1"],"type":"AAAA"}],"type":"A"}}`},
		{"a TTL", []call{{"POST", "n", `{"type":"A","ips":["10.0.0.1"],"ttl":5}`}}, "n", `{"n.D.":{"ips":["10.0.0.1"],"ttl":5,"type":"A"}}`},
		{"an owner", []call{{"POST", "n?user=ann", two}}, "n", `{"n.D.":{"ips":["10.0.0.1","10.0.0.2"],"type":"A","user":"ann"}}`},
		{"an alias", []call{{"POST", "n", `{"type":"cname","alias":"al"}`}}, "al", `{"al.D.":{"target":"n.D.","type":"CNAME"}}`},
		{"an alias by its target", []call{{"POST", "al", `{"type":"CNAME","target":"www.example.com"}`}}, "al", `{"al.D.":{"target":"www.example.com.","type":"CNAME"}}`},
		{"SRV of addresses and ports", []call{{"POST", "n", `{"type":"SRV","target":"n2","ports":[80,443],"priority":1,"weight":2}`}}, "n",
			`{"n.D.":{"rdata":["1 2 443 n2.D.","1 2 80 n2.D."],"type":"SRV"}}`},
		{"MX", []call{{"POST", "n", `{"type":"MX","mailHost":"mail","mailPriority":10}`}}, "n", `{"n.D.":{"rdata":["10 mail.D."],"type":"MX"}}`},
		{"TXT", []call{{"POST", "n", `{"type":"TXT","text":"a \"b\""}`}}, "n", `{"n.D.":{"rdata":["\"a \\\"b\\\"\""],"type":"TXT"}}`},
		{"NS", []call{{"POST", "n", `{"type":"NS","nsHost":"ns.example."}`}}, "n", `{"n.D.":{"rdata":["ns.example."],"type":"NS"}}`},
		{"PTR", []call{{"POST", "n", `{"type":"PTR","target":"host.example"}`}}, "n", `{"n.D.":{"rdata":["host.example."],"type":"PTR"}}`},
		{"another type by its rdata", []call{{"POST", "n", `{"type":"CAA","rdata":"0 issue \"ca.example\""}`}}, "n", `{"n.D.":{"rdata":["0 issue \"ca.example\""],"type":"CAA"}}`},
		{"PUT changes one address", []call{{"POST", "n?user=ann", `{"type":"A","ips":["10.0.0.1","10.0.0.2"],"ttl":7}`}, {"PUT", "n?user=ann", `{"type":"A","update":{"10.0.0.1":"10.0.0.9"}}`}}, "n",
			`{"n.D.":{"ips":["10.0.0.2","10.0.0.9"],"ttl":7,"type":"A","user":"ann"}}`},
		{"PUT exchanges two addresses", []call{{"POST", "n", two}, {"PUT", "n", `{"type":"A","update":{"10.0.0.1":"10.0.0.2","10.0.0.2":"10.0.0.1"}}`}}, "n",
			`{"n.D.":{"ips":["10.0.0.1","10.0.0.2"],"type":"A"}}`},
		{"PUT moves an alias", []call{{"POST", "n", `{"type":"cname","alias":"a1"}`}, {"PUT", "n", `{"type":"cname","update":{"a1":"a2"}}`}}, "?prefix=a", `{"a2.D.":{"target":"n.D.","type":"CNAME"}}`},
		{"PUT points an alias elsewhere", []call{{"POST", "n", `{"type":"cname","alias":"a1"}`}, {"PUT", "a1", `{"type":"cname","update":{"n":"m"}}`}}, "a1", `{"a1.D.":{"target":"m.D.","type":"CNAME"}}`},
		{"PUT moves aliases into each other's place", []call{{"POST", "n", `{"type":"cname","alias":"a1"}`}, {"POST", "n", `{"type":"cname","alias":"a2"}`}, {"PUT", "n", `{"type":"cname","update":{"a1":"a2","a2":"a3"}}`}}, "?prefix=a",
			`{"a2.D.":{"target":"n.D.","type":"CNAME"},"a3.D.":{"target":"n.D.","type":"CNAME"}}`},
		{"DELETE removes everything at the name alone", []call{{"POST", "n", two}, {"POST", "n", `{"type":"TXT","text":"x"}`}, {"POST", "b.n", two}, {"DELETE", "n", ""}}, "",
			`{"b.n.D.":{"ips":["10.0.0.1","10.0.0.2"],"type":"A"}}`},
		{"DELETE of a type", []call{{"POST", "n", two}, {"POST", "n", `{"type":"AAAA","ips":["::1"]}`}, {"DELETE", "n", `{"type":"A"}`}}, "n", `{"n.D.":{"ips":["::1"],"type":"AAAA"}}`},
		{"DELETE of an address", []call{{"POST", "n", two}, {"DELETE", "n", `{"type":"A","ips":["10.0.0.1"]}`}}, "n", `{"n.D.":{"ips":["10.0.0.2"],"type":"A"}}`},
		{"DELETE of an alias", []call{{"POST", "n", `{"type":"cname","alias":"a1"}`}, {"DELETE", "n", `{"type":"cname","alias":"a1"}`}}, "", `{}`},
		{"SRV of addresses", []call{{"POST", "n", `{"type":"SRV","ips":["10.0.0.1"],"ports":[80]}`}, {"DELETE", "n", `{"type":"SRV","ips":["10.0.0.1"],"ports":[80]}`}}, "", `{}`},
		{"A by rdata is the record that ips makes", []call{{"POST", "n", `{"type":"A","rdata":"10.0.0.1"}`}, {"POST", "n", `{"type":"A","ips":["10.0.0.1"]}`}, {"DELETE", "n", `{"ips":["10.0.0.1"]}`}}, "", `{}`},
		{"PUT changes the data of other types", []call{{"POST", "n", `{"type":"MX","mailHost":"mail","mailPriority":10,"ttl":9}`}, {"PUT", "n", `{"type":"MX","update":{"10 mail.DOMAIN.":"20 relay.example."}}`}}, "n",
			`{"n.D.":{"rdata":["20 relay.example."],"ttl":9,"type":"MX"}}`},
		{"DELETE of an MX by its host", []call{{"POST", "n", `{"type":"MX","mailHost":"m1","mailPriority":10}`}, {"POST", "n", `{"type":"MX","mailHost":"m2","mailPriority":10}`}, {"DELETE", "n", `{"type":"MX","mailHost":"M1"}`}}, "n",
			`{"n.D.":{"rdata":["10 m2.D."],"type":"MX"}}`},
		{"DELETE of an MX by its host and priority", []call{{"POST", "n", `{"type":"MX","mailHost":"m1","mailPriority":1}`}, {"POST", "n", `{"type":"MX","mailHost":"m1","mailPriority":2}`}, {"DELETE", "n", `{"type":"MX","mailHost":"m1","mailPriority":2}`}}, "n",
			`{"n.D.":{"rdata":["1 m1.D."],"type":"MX"}}`},
		{"DELETE of one TXT", []call{{"POST", "n", `{"type":"TXT","text":"a"}`}, {"POST", "n", `{"type":"TXT","text":"b"}`}, {"DELETE", "n", `{"type":"TXT","text":"a"}`}}, "n", `{"n.D.":{"rdata":["\"b\""],"type":"TXT"}}`},
		{"DELETE of one NS", []call{{"POST", "n", `{"type":"NS","nsHost":"a."}`}, {"POST", "n", `{"type":"NS","nsHost":"b."}`}, {"DELETE", "n", `{"type":"NS","nsHost":"A."}`}}, "n", `{"n.D.":{"rdata":["b."],"type":"NS"}}`},
		{"DELETE of an SRV by its port", []call{{"POST", "n", `{"type":"SRV","target":"m","ports":[80,81]}`}, {"DELETE", "n", `{"type":"SRV","target":"m","ports":[80]}`}}, "n", `{"n.D.":{"rdata":["0 0 81 m.D."],"type":"SRV"}}`},
		{"DELETE by rdata", []call{{"POST", "n", `{"type":"CAA","rdata":"0 issue \"a\""}`}, {"POST", "n", `{"type":"CAA","rdata":"0 issue \"b\""}`}, {"DELETE", "n", `{"type":"CAA","rdata":"0 issue \"a\""}`}}, "n", `{"n.D.":{"rdata":["0 issue \"b\""],"type":"CAA"}}`},
		{"an alias again after DELETE of what was there", []call{{"POST", "n", two}, {"DELETE", "n", `{"type":"A"}`}, {"POST", "m", `{"type":"cname","alias":"n"}`}}, "n", `{"n.D.":{"target":"m.D.","type":"CNAME"}}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t)
			domain := strings.TrimSuffix(f.domain, ".")
			for _, call := range c.calls {
				f.ok(call.method, strings.ReplaceAll(call.name, "DOMAIN", domain), strings.ReplaceAll(call.body, "DOMAIN", domain))
			}
			path := "/skydns/api" + c.get
			if c.get != "" && c.get[0] != '?' {
				path = "/skydns/api/" + strings.ReplaceAll(c.get, "DOMAIN", domain)
			}
			if got := f.get(path); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestRefusals verifies the status code and text of what is refused, and that
// it changes nothing.
func TestRefusals(t *testing.T) {
	f := newFixture(t)
	f.ok("POST", "n", `{"type":"A","ips":["10.0.0.1"]}`)
	f.ok("POST", "owned?user=ann", `{"type":"A","ips":["10.0.0.2"]}`)
	f.ok("POST", "n", `{"type":"cname","alias":"al"}`)
	before := f.get("/skydns/api")
	const one = `{"type":"A","ips":["10.0.0.3"]}`
	cases := []struct {
		name, method, path, body string
		code                     int
		text                     string // in the answer
	}{
		{"bad JSON", "POST", "n", `{"type":"A","ips":["10.0.0.3"]`, 400, "no complete JSON value"},
		{"no body", "POST", "n", ``, 400, "no complete JSON value"},
		{"null", "POST", "n", `null`, 400, "not null"},
		{"more than one object", "POST", "n", one + one, 400, "nothing behind it"},
		{"a list for an object", "POST", "n", `[]`, 400, "body: a JSON array is not what this call takes"},
		{"wrong kind of value", "POST", "n", `{"type":"A","ips":"10.0.0.3"}`, 400, "ips"},
		{"unknown field", "POST", "n", `{"type":"A","ips":["10.0.0.3"],"x":1}`, 400, `unknown field "x"`},
		{"unknown type", "POST", "n", `{"type":"B","ips":["10.0.0.3"]}`, 400, `"B" is not an RR type`},
		{"a type that cannot be stored", "POST", "n", `{"type":"ANY","rdata":"x"}`, 400, "cannot be stored"},
		{"bad address", "POST", "n", `{"type":"A","ips":["10.0.0.3","10.0.0.300"]}`, 400, `"10.0.0.300" is not an IP address`},
		{"IPv4 as AAAA", "POST", "n", `{"type":"AAAA","ips":["10.0.0.3"]}`, 400, "not an IPv6 address"},
		{"an address with a zone", "POST", "n", `{"type":"AAAA","ips":["fe80::1%eth0"]}`, 400, "not an IP address"},
		{"no address", "POST", "n", `{"type":"A","ips":[]}`, 400, "at least one address"},
		{"a TTL of 0", "POST", "n", `{"type":"A","ips":["10.0.0.3"],"ttl":0}`, 400, "ttl: want 1 to"},
		{"a TTL out of range", "POST", "n", `{"type":"A","ips":["10.0.0.3"],"ttl":2147483648}`, 400, "ttl: want 1 to"},
		{"update in POST", "POST", "n", `{"type":"A","update":{"10.0.0.1":"10.0.0.3"}}`, 400, "only PUT"},
		{"a type that wants rdata", "POST", "n", `{"type":"CAA"}`, 400, "CAA: want rdata"},
		{"bad rdata", "POST", "n", `{"type":"CAA","rdata":"x"}`, 400, "rdata of CAA"},
		{"a bad name", "POST", "a..b", one, 400, "empty label"},
		{"a label that is too long", "POST", strings.Repeat("x", 64), one, 400, "longer than 63"},
		{"a body of more than 1 MiB", "POST", "n", `{"type":"TXT","text":"` + strings.Repeat("x", 1<<20) + `"}`, 413, "larger than 1048576"},
		{"a name in no domain of ours", "POST", "www.example.com.", one, 404, "in no domain of ours"},
		{"GET of a name in no domain of ours", "GET", "www.example.com.", "", 404, "in no domain of ours"},
		{"GET of a name without records", "GET", "none", "", 404, "none.D. has no record"},
		{"a name of Kubernetes' services", "POST", "x.default.svc", one, 403, "ERR, can not ops k8s svc"},
		{"an alias among Kubernetes' services", "POST", "n", `{"type":"cname","alias":"x.default.svc"}`, 403, "can not ops k8s svc"},
		{"POST to another user's name", "POST", "owned?user=bob", one, 403, "belongs to user ann"},
		{"PUT to another user's name", "PUT", "owned?user=bob", `{"type":"A","update":{"10.0.0.2":"10.0.0.3"}}`, 403, "belongs to user ann"},
		{"DELETE of another user's name", "DELETE", "owned", "", 403, "belongs to user ann"},
		{"an alias in another user's place", "POST", "n?user=bob", `{"type":"cname","alias":"owned"}`, 403, "belongs to user ann"},
		{"a name that has addresses made an alias", "POST", "m", `{"type":"cname","alias":"n"}`, 409, "have other records"},
		{"an alias given addresses", "POST", "al", one, 409, "have other records"},
		{"an alias of two names", "POST", "m", `{"type":"cname","alias":"al"}`, 409, "already"},
		{"an alias of itself", "POST", "x", `{"type":"cname","alias":"x"}`, 400, "alias of itself"},
		{"a domain made an alias", "POST", "n", `{"type":"cname","alias":"DOMAIN"}`, 400, "is a domain"},
		{"PUT of an address that is not there", "PUT", "n", `{"type":"A","update":{"10.0.0.8":"10.0.0.9"}}`, 404, "has no address 10.0.0.8"},
		{"PUT of which one is not there", "PUT", "n", `{"type":"A","update":{"10.0.0.1":"10.0.0.5","10.0.0.8":"10.0.0.9"}}`, 404, "has no address 10.0.0.8"},
		{"PUT without update", "PUT", "n", one, 400, "update: want"},
		{"PUT of an alias that is not there", "PUT", "n", `{"type":"cname","update":{"a1":"a2"}}`, 404, "a1 is not an alias"},
		{"PUT of an alias to itself", "PUT", "al", `{"type":"cname","update":{"n.DOMAIN":"al"}}`, 400, "alias of itself"},
		{"PUT of other data that is not there", "PUT", "n", `{"type":"TXT","update":{"a":"b"}}`, 404, "has no TXT a"},
		{"PUT to bad data", "PUT", "n", `{"type":"CAA","update":{"0 issue \"a\"":"x"}}`, 400, "rdata of CAA"},
		{"PUT with addresses", "PUT", "n", `{"type":"A","ips":["10.0.0.1"],"update":{"10.0.0.1":"10.0.0.3"}}`, 400, "ips does not go with"},
		{"a field of another type", "POST", "n", `{"type":"A","ips":["10.0.0.3"],"text":"x"}`, 400, "text does not go with A"},
		{"an alias and a target", "POST", "n", `{"type":"cname","alias":"a","target":"b"}`, 400, "target does not go with CNAME and alias"},
		{"rdata and fields", "POST", "n", `{"type":"A","ips":["10.0.0.3"],"rdata":"10.0.0.3"}`, 400, "ips does not go with"},
		{"rdata without type", "POST", "n", `{"rdata":"10.0.0.3"}`, 400, "rdata without type"},
		{"an SRV without ports", "POST", "n", `{"type":"SRV","ips":["10.0.0.3"]}`, 400, "want ports, and ips or target"},
		{"an SRV without target", "POST", "n", `{"type":"SRV","ports":[80]}`, 400, "want ports, and ips or target"},
		{"a port out of range", "POST", "n", `{"type":"SRV","target":"m","ports":[65536]}`, 400, "wrong kind of value"},
		{"an MX without host", "POST", "n", `{"type":"MX","mailPriority":1}`, 400, "MX: want mailHost"},
		{"an NS without host", "POST", "n", `{"type":"NS"}`, 400, "NS: want nsHost"},
		{"a PTR without target", "POST", "n", `{"type":"PTR"}`, 400, "PTR: want target"},
		{"a TXT without text", "POST", "n", `{"type":"TXT"}`, 400, "TXT: want text"},
		{"DELETE by data without type", "DELETE", "n", `{"text":"x"}`, 400, "want the type"},
		{"DELETE of other data", "DELETE", "n", `{"type":"TXT","text":"x"}`, 404, "no such record"},
		{"DELETE of no addresses", "DELETE", "n", `{"type":"A","ips":[]}`, 400, "at least one address"},
		{"DELETE with a TTL", "DELETE", "n", `{"type":"A","ttl":5}`, 400, "no ttl"},
		{"DELETE of a name without records", "DELETE", "none", "", 404, "no such record"},
		{"DELETE of a type that is not there", "DELETE", "n", `{"type":"AAAA"}`, 404, "no such record"},
		{"DELETE of an address that is not there", "DELETE", "n", `{"type":"A","ips":["10.0.0.1","10.0.0.8"]}`, 404, "has no address 10.0.0.8"},
		{"another method", "PATCH", "n", "", 405, "PATCH is not offered"},
		{"a bad limit", "GET", "?limit=0", "", 400, "limit"},
		{"a bad type in the list", "GET", "?type=x", "", 400, "not an RR type"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := "/skydns/api/" + c.path
			if strings.HasPrefix(c.path, "?") {
				path = "/skydns/api" + c.path
			}
			code, text := f.do(c.method, path, strings.ReplaceAll(c.body, "DOMAIN", f.domain))
			if code != c.code || !strings.HasPrefix(text, "ERR, ") || !strings.Contains(f.short(text), c.text) {
				t.Errorf("got %d %s, want %d and %q", code, text, c.code, c.text)
			}
			if after := f.get("/skydns/api"); after != before {
				t.Errorf("changed\n%s to\n%s", before, after)
			}
		})
	}
}

func TestAuthorization(t *testing.T) {
	f := newFixture(t)
	cases := []struct {
		name, query, header string
		code                int
	}{
		{"none", "", "", 401},
		{"wrong", "?token=12345678", "", 401},
		{"empty", "?token=", "", 401},
		{"right", "?token=" + token, "", 200},
		{"in the header", "", "Bearer " + token, 200},
		{"in the header, in another case", "", "bearer " + token, 200},
		{"wrong in the header", "", "Bearer x", 401},
		{"another scheme", "", "Basic " + token, 401},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			header := http.Header{}
			if c.header != "" {
				header.Set("Authorization", c.header)
			}
			code, text := f.send("GET", "/skydns/api"+c.query, "", header)
			if code != c.code || code == 401 && text != "ERR, token is missing or wrong" {
				t.Errorf("got %d %s, want %d", code, text, c.code)
			}
		})
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH"} {
		if code, _ := f.send(method, "/skydns/api/n", "{", nil); code != 401 {
			t.Errorf("%s without token: %d", method, code)
		}
	}
}

func TestList(t *testing.T) {
	f := newFixture(t)
	for _, name := range []string{"a", "b", "a-b", "x.a", "c"} {
		f.ok("POST", name, `{"type":"A","ips":["10.0.0.1"]}`)
	}
	f.ok("POST", "c", `{"type":"TXT","text":"t"}`)
	f.ok("POST", "n.second."+f.domain, `{"type":"cname","target":"a.b."}`)
	cases := []struct{ name, query, want string }{
		{"everything, sorted", "", "a-b a b c n.second x.a"},
		{"a page", "?limit=2", "a-b a"},
		{"the next page", "?limit=2&after=a", "b c"},
		{"a page behind the last name", "?after=x.a", ""},
		{"a prefix", "?prefix=A", "a-b a"},
		{"a type", "?type=txt", "c"},
		{"a type with a prefix", "?type=cname&prefix=n.", "n.second"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			code, text := f.do("GET", "/skydns/api"+c.query, "")
			if code != 200 {
				t.Fatal(code, text)
			}
			var names []string
			for _, line := range strings.Split(text, "\n") {
				if name, _, ok := strings.Cut(strings.TrimLeft(line, "{,"), ":"); ok {
					names = append(names, strings.TrimSuffix(strings.Trim(name, `"`), "."+f.domain))
				}
			}
			if got := strings.Join(names, " "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	t.Run("only the type asked for", func(t *testing.T) {
		if got := f.get("/skydns/api?type=TXT"); got != `{"c.D.":{"rdata":["\"t\""],"type":"TXT"}}` {
			t.Error(got)
		}
	})
}

// TestForeignRecords verifies that records which other programs wrote are
// shown, keep aliases away, and can be changed.
func TestForeignRecords(t *testing.T) {
	f := newFixture(t)
	base := "/skydns/test/" + strings.TrimSuffix(f.domain, ".test.")
	f.put(base+"/ext/x1", `{"host":"10.0.0.1"}`)
	f.put(base+"/ext/x2/", `{"host":"10.0.0.2","ttl":30}`)
	f.put(base+"/plain", `{"host":"10.0.0.3"}`)
	f.put(base+"/broken/x", `{`)
	f.put(base+"/default/svc/nope", `{`)
	f.put(base+"/svc/default/x/item", `{"host":"10.0.0.4","type":"A"}`)
	if got, want := f.get("/skydns/api/ext"), `{"ext.D.":{"ips":["10.0.0.1","10.0.0.2"],"type":"A"}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := f.get("/skydns/api/plain"), `{"plain.D.":{"ips":["10.0.0.3"],"type":"A"}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := f.get("/skydns/api/x.default?svc=true"), `{"x.default.svc.D.":{"ips":["10.0.0.4"],"type":"A"}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := f.get("/skydns/api?prefix=e"), `{"ext.D.":{"ips":["10.0.0.1","10.0.0.2"],"type":"A"}}`; got != want {
		t.Errorf("the list: got %s, want %s", got, want)
	}
	if code, text := f.do("POST", "/skydns/api/m", `{"type":"cname","alias":"plain"}`); code != 409 {
		t.Errorf("an alias beside a record of another program: %d %s", code, text)
	}
	f.ok("PUT", "ext", `{"type":"A","update":{"10.0.0.1":"10.0.0.9"}}`)
	f.ok("DELETE", "plain", "")
	if got, want := f.get("/skydns/api/ext"), `{"ext.D.":{"ips":["10.0.0.2","10.0.0.9"],"type":"A"}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := f.get("/skydns/api/plain"); !strings.HasPrefix(got, "404 ") {
		t.Errorf("got %s, want 404", got)
	}
}

// TestStatusKeys verifies that an address's status key lives as long as names
// have the address, and keeps what others wrote into it.
func TestStatusKeys(t *testing.T) {
	f := newFixture(t)
	check := func(step string, want map[string]string) {
		t.Helper()
		if got := f.keys(f.monitor); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: got %v, want %v", step, got, want)
		}
	}
	f.ok("POST", "a", `{"type":"A","ips":["10.0.0.1","10.0.0.2"]}`)
	check("a record makes the keys", map[string]string{"10.0.0.1": `{"domains":["a.D."],"status":"UP"}`, "10.0.0.2": `{"domains":["a.D."],"status":"UP"}`})
	f.ok("POST", "b", `{"ips":["10.0.0.1"]}`)
	f.put(f.monitor+"10.0.0.1", `{"status":"DOWN","ports":["80"],"domains":["a.`+f.domain+`","b.`+f.domain+`"]}`)
	f.ok("PUT", "a", `{"type":"A","update":{"10.0.0.1":"::1"}}`)
	check("an update moves the name", map[string]string{"10.0.0.1": `{"domains":["b.D."],"ports":["80"],"status":"DOWN"}`,
		"10.0.0.2": `{"domains":["a.D."],"status":"UP"}`, "::1": `{"domains":["a.D."],"status":"UP"}`})
	f.ok("DELETE", "a", "")
	f.put(f.monitor+"10.0.0.7", `DOWN`)
	f.ok("POST", "c", `{"ips":["10.0.0.7"]}`)
	check("the last name removes the key", map[string]string{"10.0.0.1": `{"domains":["b.D."],"ports":["80"],"status":"DOWN"}`, "10.0.0.7": "DOWN"})
}

// TestChangeOfVanishedRecord verifies that a change of a record's TTL is worked
// out anew when the record was removed meanwhile, so that the address of the
// record that then is made has a status key.
func TestChangeOfVanishedRecord(t *testing.T) {
	f := newFixture(t)
	f.ok("POST", "a", `{"ips":["10.0.0.1"]}`)
	s, err := newServer(f.options())
	if err != nil {
		t.Fatal(err)
	}
	name, err := s.names.changeable("a")
	if err != nil {
		t.Fatal(err)
	}
	ttl := uint32(5)
	q := &request{names: s.names, name: name, body: &body{IPs: []string{"10.0.0.1"}, TTL: &ttl}}
	turns := 0
	err = s.changer.do(t.Context(), s.timeout, func(tx *tx) error {
		err := add(q, tx)
		if turns++; turns == 1 {
			f.ok("DELETE", "a", "")
		}
		return err
	})
	if err != nil || turns != 2 {
		t.Errorf("%d turns, %v", turns, err)
	}
	if got := f.keys(f.monitor)["10.0.0.1"]; got != `{"domains":["a.D."],"status":"UP"}` {
		t.Errorf("got %q", got)
	}
}

// TestStatusOfManyNames verifies that an address's status key stays small, and
// still lives exactly as long as names have the address.
func TestStatusOfManyNames(t *testing.T) {
	f := newFixture(t)
	f.put("/skydns/test/"+strings.TrimSuffix(f.domain, ".test.")+"/foreign", `{"host":"10.0.0.1"}`)
	const names = maxListed + 3
	for i := range names {
		f.ok("POST", fmt.Sprintf("n%d", i), `{"ips":["10.0.0.1"]}`)
	}
	f.ok("DELETE", "foreign", "")
	for i := range names {
		status := f.keys(f.monitor)["10.0.0.1"]
		if n := strings.Count(status, ".D."); n != min(maxListed, names-i) {
			t.Fatalf("%d of %d names are listed: %s", n, names-i, status)
		}
		if i == 0 && !strings.Contains(status, `"domainCount":67`) {
			t.Errorf("got %s", status)
		}
		f.ok("DELETE", fmt.Sprintf("n%d", names-1-i), "")
	}
	if keys := f.keys(f.monitor); len(keys) != 0 {
		t.Errorf("got %v", keys)
	}
}

// TestConcurrentChanges verifies that changes of one name and one address at
// the same time all take place, and that of two that exclude each other one
// does.
func TestConcurrentChanges(t *testing.T) {
	f := newFixture(t)
	const clients = 12
	var wg sync.WaitGroup
	codes := make([]int, clients)
	for i := range clients {
		wg.Go(func() {
			f.ok("POST", "n", fmt.Sprintf(`{"ips":["10.0.0.%d"]}`, i+1))
			f.ok("POST", fmt.Sprintf("n%d", i), `{"ips":["10.0.0.1"]}`)
			body := `{"type":"cname","alias":"al"}`
			codes[i], _ = f.do("POST", fmt.Sprintf("/skydns/api/n%d", i), body)
		})
	}
	wg.Wait()
	if n := strings.Count(f.get("/skydns/api/n"), "10.0.0."); n != clients {
		t.Errorf("%d of %d addresses", n, clients)
	}
	if n := strings.Count(f.keys(f.monitor)["10.0.0.1"], ".D."); n != clients+1 {
		t.Errorf("%d of %d names in the status key", n, clients+1)
	}
	taken := 0
	for _, code := range codes {
		if code == 200 {
			taken++
		}
	}
	if taken != 1 {
		t.Errorf("%d names have the alias: %v", taken, codes)
	}
}

func TestOpenPaths(t *testing.T) {
	f := newFixture(t)
	check := func(path string, code int, text string) {
		t.Helper()
		if gotCode, got := f.send("GET", path, "", nil); gotCode != code || !strings.Contains(got, text) {
			t.Errorf("%s: %d %s, want %d %q", path, gotCode, got, code, text)
		}
	}
	check("/healthz", 200, "OK")
	check("/readyz", 503, "ERR, not ready")
	f.ready.Store(true)
	check("/readyz", 200, "OK")
	check("/nothing", 404, "ERR, no such path")
	check("/metrics", 200, `skydns_api_requests_total{code="503",method="GET"} 1`)
}

// TestEtcdDoesNotAnswer verifies that a request waits for a bounded time only.
func TestEtcdDoesNotAnswer(t *testing.T) {
	f := newFixture(t)
	s := f.withoutEtcd()
	f.serve(s.routes())
	for _, call := range []struct{ method, body string }{{"GET", ""}, {"POST", `{"ips":["10.0.0.1"]}`}} {
		code, text := f.do(call.method, "/skydns/api/n", call.body)
		if code != 503 || !strings.HasPrefix(text, "ERR, etcd") {
			t.Errorf("%s: %d %s", call.method, code, text)
		}
	}
}
