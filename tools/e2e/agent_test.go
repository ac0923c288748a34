package e2e

import (
	"testing"

	clientv3 "go.etcd.io/etcd/client/v3"
)

// agent is a scanner or a scheduler of another make.
type agent struct {
	*testing.T
	etcd *clientv3.Client
}

func newAgent(t *testing.T, url string) agent {
	t.Helper()
	etcd, err := clientv3.New(clientv3.Config{Endpoints: []string{url}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { etcd.Close() })
	return agent{t, etcd}
}

// get is the value of a key, "" if there is none, and its revision.
func (a agent) get(key string) (string, int64) {
	a.Helper()
	resp, err := a.etcd.Get(a.Context(), key)
	if err != nil {
		a.Fatal(err)
	}
	if len(resp.Kvs) == 0 {
		return "", 0
	}
	return string(resp.Kvs[0].Value), resp.Kvs[0].ModRevision
}

// swap writes a key that is still as it was at a revision.
func (a agent) swap(key, value string, revision int64) (done bool) {
	a.Helper()
	resp, err := a.etcd.Txn(a.Context()).If(clientv3.Compare(clientv3.ModRevision(key), "=", revision)).
		Then(clientv3.OpPut(key, value)).Commit()
	if err != nil {
		a.Fatal(err)
	}
	return resp.Succeeded
}

// lend writes a key under a lease, and gives what ends it.
func (a agent) lend(key, value string) (end func()) {
	a.Helper()
	lease, err := a.etcd.Grant(a.Context(), 600)
	if err == nil {
		_, err = a.etcd.Put(a.Context(), key, value, clientv3.WithLease(lease.ID))
	}
	if err != nil {
		a.Fatal(err)
	}
	return func() {
		if _, err := a.etcd.Revoke(a.Context(), lease.ID); err != nil {
			a.Fatal(err)
		}
	}
}
