package api

import (
	"errors"
	"strings"
	"testing"

	clientv3 "go.etcd.io/etcd/client/v3"
)

// TestChangeList verifies that a list of changes takes place in its order, in
// one revision of etcd.
func TestChangeList(t *testing.T) {
	f := newFixture(t)
	f.ok("POST", "old", `{"ips":["10.0.0.9"]}`)
	code, text := f.do("POST", "/skydns/api", `[
		{"name":"a","ips":["10.0.0.1","10.0.0.2"]},
		{"method":"post","name":"a","type":"cname","alias":"al"},
		{"method":"DELETE","name":"old"},
		{"name":"old","type":"cname","target":"a"},
		{"method":"PUT","name":"a","type":"A","update":{"10.0.0.2":"10.0.0.3"}},
		{"name":"gone","type":"TXT","text":"x"},
		{"method":"DELETE","name":"gone"}]`)
	if code != 200 || text != "OK" {
		t.Fatal(code, text)
	}
	want := `{"a.D.":{"ips":["10.0.0.1","10.0.0.3"],"type":"A"},"al.D.":{"target":"a.D.","type":"CNAME"},"old.D.":{"target":"a.D.","type":"CNAME"}}`
	if got := f.get("/skydns/api"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	resp, err := etcd.Client().Get(t.Context(), "/skydns/test/"+strings.TrimSuffix(f.domain, ".test.")+"/", clientv3.WithPrefix())
	if err != nil {
		t.Fatal(err)
	}
	for _, kv := range resp.Kvs {
		if kv.ModRevision != resp.Kvs[0].ModRevision {
			t.Errorf("%s has revision %d, %s has %d", kv.Key, kv.ModRevision, resp.Kvs[0].Key, resp.Kvs[0].ModRevision)
		}
	}
	if keys := f.keys(f.monitor); len(keys) != 2 {
		t.Errorf("status keys %v", keys)
	}
}

// TestChangeListRefusals verifies that a list with one bad change changes
// nothing, and that the answer names the change.
func TestChangeListRefusals(t *testing.T) {
	f := newFixture(t)
	f.ok("POST", "owned?user=ann", `{"ips":["10.0.0.1"]}`)
	before := f.get("/skydns/api")
	const good = `{"name":"a","ips":["10.0.0.1"]}`
	cases := []struct {
		name, list string
		code       int
		text       string
	}{
		{"an empty list", `[]`, 400, "at least one change"},
		{"an object", good, 400, "a JSON object is not what this call takes"},
		{"null", `null`, 400, "at least one change"},
		{"a null among changes", `[` + good + `,null]`, 400, "change 2"},
		{"an unknown field", `[` + good + `,{"name":"b","x":1}]`, 400, `unknown field "x"`},
		{"an unknown method", `[` + good + `,{"name":"b","method":"PATCH"}]`, 400, "change 2, b: method: want"},
		{"no name", `[` + good + `,{"ips":["10.0.0.1"]}]`, 400, "change 2"},
		{"a name in no domain of ours", `[` + good + `,{"name":"b.example.","ips":["10.0.0.1"]}]`, 404, "change 2, b.example.: "},
		{"Kubernetes' name", `[` + good + `,{"name":"x.svc","ips":["10.0.0.1"]}]`, 403, "change 2, x.svc: can not ops k8s svc"},
		{"another user's name", `[` + good + `,{"name":"owned","ips":["10.0.0.2"]}]`, 403, "change 2, owned: "},
		{"a record that is not there", `[` + good + `,{"method":"DELETE","name":"b"}]`, 404, "change 2, b: "},
		{"what a change before it has removed", `[` + good + `,{"method":"DELETE","name":"a"},{"method":"DELETE","name":"a"}]`, 404, "change 3, a: "},
		{"a bad TTL", `[` + good + `,{"name":"b","ips":["10.0.0.1"],"ttl":0}]`, 400, "change 2, b: ttl"},
		{"an alias beside addresses", `[` + good + `,{"name":"b","type":"cname","alias":"a"}]`, 409, "a.D. cannot be an alias"},
		{"more than one list", `[` + good + `][]`, 400, "nothing behind it"},
		{"more than 1 MiB", `[{"name":"a","type":"TXT","text":"` + strings.Repeat("x", 1<<20) + `"}]`, 413, "larger than"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			code, text := f.do("POST", "/skydns/api", c.list)
			if code != c.code || !strings.HasPrefix(text, "ERR, ") || !strings.Contains(f.short(text), c.text) {
				t.Errorf("got %d %s, want %d and %q", code, text, c.code, c.text)
			}
			if after := f.get("/skydns/api"); after != before {
				t.Errorf("changed\n%s to\n%s", before, after)
			}
		})
	}
}

// FuzzList verifies that every list is refused as a client's mistake or gives
// changes with a known method.
func FuzzList(f *testing.F) {
	f.Add([]byte(`[{"name":"a","ips":["10.0.0.1"]},{"method":"delete","name":"b"}]`))
	f.Add([]byte(`[null]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := parseList(data)
		if _, refused := err.(failure); err != nil && !refused {
			t.Errorf("not a client's mistake: %v", err)
		}
		for _, c := range list {
			if methods[c.Method] == nil {
				t.Errorf("method %q", c.Method)
			}
		}
	})
}

// TestListLongerThanATransaction verifies that a list is refused which etcd could
// not take, before it is worked out.
func TestListLongerThanATransaction(t *testing.T) {
	list := "[" + strings.Repeat(`{"name":"a"},`, maxWrites) + `{"name":"a"}]`
	if _, err := parseList([]byte(list)); !errors.Is(err, errTooMuch) {
		t.Error(err)
	}
}
