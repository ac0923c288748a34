package api

import (
	"context"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/configs"
)

// TestMarksByHandAreAdopted verifies that the names of a key over which a person
// has written are there again after a while, also where the key has no past, and
// that a change of such a name then reads no records: the first one did, of which
// there may be a million.
func TestMarksByHandAreAdopted(t *testing.T) {
	f, i, ranges := countedFixture(t)
	i.adopter.after = 20 * time.Millisecond
	listener, err := Listen(configs.SkydnsApi{Address: "127.0.0.1:0"}, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- i.Serve(ctx, listener) }()
	f.ok("POST", "a", `{"ips":["10.0.0.1","10.0.0.2"]}`)
	for addr, want := range map[string]string{
		"10.0.0.1": `{"domains":["a.D."],"status":"DOWN"}`,
		"10.0.0.3": `{"domains":[],"status":"DOWN"}`, // no name has it
	} {
		for try := 0; !f.adopted(addr, want); try++ {
			if try == 30 {
				t.Fatalf("%s: %s, want %s", addr, f.keys(f.monitor)[addr], want)
			}
		}
	}
	before := ranges.Load()
	f.ok("POST", "b", `{"ips":["10.0.0.1","10.0.0.3"]}`)
	if n := ranges.Load(); n != before {
		t.Errorf("%d ranges are read by the change", n-before)
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// adopted writes over an address's key as a person would, and tells whether its
// value is what it is to be a second later: the watch may not be there at first.
func (f *fixture) adopted(addr, want string) bool {
	f.Helper()
	f.put(f.monitor+addr, `{"status":"DOWN"}`)
	for end := time.Now().Add(time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if f.keys(f.monitor)[addr] == want {
			return true
		}
	}
	return false
}
