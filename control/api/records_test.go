package api

import (
	"fmt"
	"strings"
	"testing"

	clientv3 "go.etcd.io/etcd/client/v3"
)

// TestNameAboveManyOthers verifies that all records of a name are found, of
// ours and of other programs, however many keys lie between them that belong to
// names below.
func TestNameAboveManyOthers(t *testing.T) {
	f := newFixture(t)
	f.ok("POST", "k", `{"ips":["10.0.0.1"]}`)
	base := "/skydns/test/" + strings.TrimSuffix(f.domain, ".test.") + "/k"
	var ops []clientv3.Op
	for i := range 3 * firstPage {
		for _, above := range []string{"a", "rr-x", "s", "t"} {
			ops = append(ops, clientv3.OpPut(fmt.Sprintf("%s/%s/n%d/x", base, above, i), `{"host":"10.9.9.9"}`))
		}
		ops = append(ops, clientv3.OpPut(fmt.Sprintf("%s/item%d", base, i), fmt.Sprintf(`{"host":"10.1.%d.%d"}`, i/100, i%100)))
	}
	for key, host := range map[string]string{"": "10.0.0.2", "/": "10.0.0.3", "/a0": "10.0.0.4", "/rr-other": "10.0.0.5", "/zz/": "10.0.0.6"} {
		ops = append(ops, clientv3.OpPut(base+key, fmt.Sprintf(`{"host":%q}`, host)))
	}
	if _, err := etcd.Commit(t.Context(), nil, ops); err != nil {
		t.Fatal(err)
	}
	shown := f.get("/skydns/api/k")
	for i := range 6 {
		if ip := fmt.Sprintf(`"10.0.0.%d"`, i+1); !strings.Contains(shown, ip) {
			t.Errorf("%s is missing", ip)
		}
	}
	if n := strings.Count(shown, `"10.1.`); n != 3*firstPage || strings.Contains(shown, "10.9.9.9") {
		t.Errorf("%d items of %d: %s", n, 3*firstPage, shown)
	}
	f.ok("DELETE", "k", "")
	if got := f.get("/skydns/api/k"); !strings.HasPrefix(got, "404 ") {
		t.Errorf("after DELETE: %s", got)
	}
	if got := f.get("/skydns/api/n1.a.k"); !strings.Contains(got, "10.9.9.9") {
		t.Errorf("a name below: %s", got)
	}
}

// TestTooMuchForOneTransaction verifies the answer to a change of more records
// than etcd takes at once.
func TestTooMuchForOneTransaction(t *testing.T) {
	f := newFixture(t)
	changes := make([]string, 0, 11_000)
	for i := range cap(changes) {
		changes = append(changes, fmt.Sprintf(`{"name":"n%d","ips":["10.1.%d.%d"]}`, i%10, i/250, i%250))
	}
	code, text := f.do("POST", "/skydns/api", `[`+strings.Join(changes, ",")+`]`)
	if code != 413 || !strings.Contains(text, "too much for one transaction") {
		t.Errorf("%d %s", code, text)
	}
	if got := f.get("/skydns/api"); got != "{}" {
		t.Errorf("%s is changed", got)
	}
}
