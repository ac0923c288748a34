package api

import (
	"errors"
	"strings"
	"testing"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// FuzzBody verifies that every body is refused as a client's mistake or makes
// records that can be stored and read again.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		`{"type":"A","ips":["192.168.10.1","::1"],"ttl":5}`,
		`{"type":"cname","alias":"tv1"}`,
		`{"type":"SRV","ips":["10.0.0.1"],"ports":[80],"priority":1,"weight":2}`,
		`{"type":"MX","mailHost":"mail","mailPriority":10}`,
		`{"type":"TXT","text":"\u0000\""}`,
		`{"type":"TYPE65534","rdata":"\\# 2 0102"}`,
		`{"type":"A","update":{"10.0.0.1":"10.0.0.2"}}`,
		`{"type":"A","ips":[null]}`,
	} {
		f.Add([]byte(seed))
	}
	domains, err := record.NewDomains([]string{"skydns.local."})
	if err != nil {
		f.Fatal(err)
	}
	n := &names{ours: domains, zones: domains}
	name, err := wire.ParseName("n.skydns.local")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := parseBody(data)
		if err == nil {
			err = storable(t, n, name, b)
		}
		var refused failure
		if err != nil && (!errors.As(err, &refused) || refused.code != 400) {
			t.Errorf("not a client's mistake: %v", err)
		}
	})
}

// TestFieldsInAnyCase verifies that a field is known by its own spelling alone,
// while a type may be in any case.
func TestFieldsInAnyCase(t *testing.T) {
	f := newFixture(t)
	for _, body := range []string{`{"IPS":["10.0.0.1"]}`, `{"Type":"A","ips":["10.0.0.1"]}`, `{"ips":["10.0.0.1"],"tTl":5}`} {
		if code, text := f.do("POST", "/skydns/api/n", body); code != 400 || !strings.Contains(text, "unknown field") {
			t.Errorf("%s: %d %s", body, code, text)
		}
	}
	if code, text := f.do("POST", "/skydns/api", `[{"name":"n","ips":["10.0.0.1"]},{"Name":"m","ips":["10.0.0.1"]}]`); code != 400 || !strings.Contains(text, "change 2") {
		t.Errorf("in a list: %d %s", code, text)
	}
	f.ok("POST", "n", `{"type":"aaaa","ips":["2001:db8::1"]}`)
}

// storable makes the records of a body and reads them again.
func storable(t *testing.T, n *names, name []byte, b *body) error {
	messages, err := b.messages(n)
	if err != nil {
		return err
	}
	state := newNameState(name, nil, nil)
	for _, m := range messages {
		if err := state.put(m); err != nil {
			return err
		}
	}
	shown := listing{}
	for _, i := range state.want {
		shown.add(i)
	}
	for _, sets := range shown {
		viewOf(sets)
	}
	return nil
}
