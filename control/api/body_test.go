package api

import (
	"errors"
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
