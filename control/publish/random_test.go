package publish

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// randomKey is a key out of few, at, above and below one another.
func randomKey(r *rand.Rand) string {
	labels := []string{"skydns", "local", "skydns"}
	if r.IntN(10) == 0 {
		labels = append(labels, "dns", []string{"ns", "apex"}[r.IntN(2)])
	}
	for range r.IntN(4) {
		labels = append(labels, string(rune('a'+r.IntN(3))))
	}
	if r.IntN(4) == 0 {
		labels = append(labels, fmt.Sprintf("rr-000000000000%d", r.IntN(3)))
	}
	key := "/" + strings.Join(labels, "/")
	if r.IntN(8) == 0 {
		key += "/"
	}
	return key
}

var randomValues = []string{
	`{"host":"10.0.0.1"}`, `{"host":"10.0.0.2","ttl":5,"port":80,"weight":3}`, `{"host":"2001:db8::1","port":80,"group":"g1"}`,
	`{"host":"a.skydns.local","group":"g2"}`, `{"host":"t.example.","port":80,"targetstrip":1}`, `{"text":"x"}`,
	`{"host":"mx.example.","mail":true}`, `{"type":"A","host":"10.0.0.3"}`, `{"type":"CNAME","host":"b.skydns.local"}`,
	`{"type":"SRV","host":"10.0.0.4","port":8}`, `{"type":"NS","host":"ns.example."}`, `{"host":`, `{"type":"X"}`,
}

// TestChangesEqualList verifies that whatever changes come, the snapshot is in
// the end what a list of all keys makes of it.
func TestChangesEqualList(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	f := newFixture(t, t.TempDir())
	f.sync()
	keys := map[string]string{}
	for range 40 {
		for range 10 {
			key := randomKey(r)
			if line := key; r.IntN(3) == 0 {
				delete(keys, key)
				f.change(line)
			} else {
				keys[key] = randomValues[r.IntN(len(randomValues))]
				f.change(key + " " + keys[key])
			}
		}
		var list []string
		for key, value := range keys {
			list = append(list, key+" "+value)
		}
		slices.Sort(list)
		fresh := newFixture(t, t.TempDir())
		fresh.sync(list...)
		if got, want := f.writer.Stats().Names, fresh.writer.Stats().Names; got != want {
			t.Errorf("%d names, want %d", got, want)
		}
		for name := range namesOf(fresh, f) {
			got, want := lines(t, f.writer.Get([]byte(name))), lines(t, fresh.writer.Get([]byte(name)))
			if !slices.Equal(got, want) {
				t.Fatalf("%q holds %q, want %q, of %s", name, got, want, strings.Join(list, "\n"))
			}
		}
	}
}

// namesOf are the names, in wire form, that the fixtures may have something for.
func namesOf(fixtures ...*fixture) map[string]struct{} {
	names := map[string]struct{}{}
	for _, f := range fixtures {
		for name := range f.records.all() {
			names[string(name)] = struct{}{}
		}
		for name := range f.defaults {
			names[name] = struct{}{}
		}
		f.others.names(func(path string) {
			if name, err := nameOf(path); err == nil {
				names[string(name)] = struct{}{}
			}
		})
	}
	return names
}
