package api

import (
	"context"
	"errors"
	"testing"

	clientv3 "go.etcd.io/etcd/client/v3"
)

const mark = `{"status":"DOWN"}`

// TestMarkInAnotherSpellingTakesNoNames verifies that a key which spells an
// address in another way than control is not adopted: it took the names away from
// the key that is control's, where both were adopted at once.
func TestMarkInAnotherSpellingTakesNoNames(t *testing.T) {
	f, i, _ := countedFixture(t)
	f.ok("POST", "a", `{"ips":["2001:db8::1"]}`)
	ours, other := f.monitor+"2001:db8::1", f.monitor+"2001:DB8::1"
	f.remove(ours)
	f.put(ours, mark)
	f.put(other, mark)
	i.adopter.adopt(t.Context(), []string{ours, other})
	if got := f.keys(f.monitor); got["2001:db8::1"] != `{"domains":["a.D."],"status":"DOWN"}` || got["2001:DB8::1"] != mark {
		t.Errorf("got %v", got)
	}
}

// TestMarkForATimeStaysForATime verifies that a mark under a lease of etcd ends
// with it, after it was adopted and after changes of names: it stayed for ever.
func TestMarkForATimeStaysForATime(t *testing.T) {
	f, i, _ := countedFixture(t)
	f.ok("POST", "a", `{"ips":["10.0.0.1"]}`)
	lease, err := etcd.Client().Grant(t.Context(), 600)
	if err != nil {
		t.Fatal(err)
	}
	key := f.monitor + "10.0.0.1"
	if _, err := etcd.Client().Put(t.Context(), key, mark, clientv3.WithLease(lease.ID)); err != nil {
		t.Fatal(err)
	}
	i.adopter.adopt(t.Context(), []string{key})
	f.ok("POST", "b", `{"ips":["10.0.0.1"]}`)
	if got, want := f.keys(f.monitor)["10.0.0.1"], `{"domains":["a.D.","b.D."],"status":"DOWN"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if _, err := etcd.Client().Revoke(t.Context(), lease.ID); err != nil {
		t.Fatal(err)
	}
	if got := f.keys(f.monitor); len(got) != 0 {
		t.Errorf("after the lease: %v", got)
	}
}

// noRanges is etcd that has so many records that they cannot be read in time.
type noRanges struct{ clientv3.KV }

func (n noRanges) Get(ctx context.Context, key string, opts ...clientv3.OpOption) (*clientv3.GetResponse, error) {
	if op := clientv3.OpGet(key, opts...); len(op.RangeBytes()) > 0 {
		return nil, errors.New("not in time")
	}
	return n.KV.Get(ctx, key, opts...)
}

// TestMarkWithAPastWaitsForNoOther verifies that a mark whose names etcd's past
// tells is adopted where those of another one cannot be found: both were not.
func TestMarkWithAPastWaitsForNoOther(t *testing.T) {
	f, i, _ := countedFixture(t)
	f.ok("POST", "a", `{"ips":["10.0.0.1"]}`)
	for _, addr := range []string{"10.0.0.1", "10.0.0.2"} {
		f.put(f.monitor+addr, mark)
	}
	client := i.adopter.changer.records.store.Client()
	client.KV = noRanges{client.KV}
	i.adopter.adopt(t.Context(), []string{f.monitor + "10.0.0.2", f.monitor + "10.0.0.1"})
	if got := f.keys(f.monitor); got["10.0.0.1"] != `{"domains":["a.D."],"status":"DOWN"}` || got["10.0.0.2"] != mark {
		t.Errorf("got %v", got)
	}
}
