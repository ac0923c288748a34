package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// TestUser verifies that etcd may want a user and be away when control starts.
func TestUser(t *testing.T) {
	etcd := newServer(t, t.TempDir())
	s := open(t, Config{Username: "root", Password: "secret"}, etcd)
	m := follow(t, s, records)

	etcd.start(t)
	admin := open(t, Config{}, etcd).client
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	m.wait(t, 1, map[string]string{}) // a user is named where none is wanted
	for _, step := range []func() error{
		func() error { _, err := admin.RoleAdd(ctx, "root"); return err },
		func() error { _, err := admin.UserAdd(ctx, "root", "secret"); return err },
		func() error { _, err := admin.UserGrantRole(ctx, "root", "root"); return err },
		func() error { _, err := admin.AuthEnable(ctx); return err },
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	put(t, s, "/skydns/a", "1")
	m.wait(t, 1, map[string]string{"/skydns/a": "1"})

	t.Run("another process", func(t *testing.T) {
		follow(t, open(t, Config{Username: "root", Password: "secret"}, etcd), records).wait(t, 1, map[string]string{"/skydns/a": "1"})
	})
	for _, c := range []struct {
		name, user, password, want string
	}{
		{"a wrong password", "root", "wrong", "correct etcd-username"},
		{"no user", "", "", "set etcd-username"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := open(t, Config{Username: c.user, Password: c.password}, etcd).Range(ctx, "a", "b", 0, 0)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// TestCluster verifies that the loss of members, of the leader and of the
// majority loses nothing and needs no fresh list.
func TestCluster(t *testing.T) {
	t.Parallel()
	servers := newCluster(t, 3)
	for _, s := range servers {
		s.start(t)
	}
	s := open(t, Config{}, servers...)
	m := follow(t, s, records)
	want := map[string]string{}
	write := func() {
		t.Helper()
		key := fmt.Sprintf("/skydns/%d", len(want))
		eventually(t, func() bool {
			_, err := s.Commit(t.Context(), nil, []clientv3.Op{clientv3.OpPut(key, "v")})
			return err == nil
		}, func() { t.Errorf("%s cannot be written", key) })
		want[key] = "v"
	}
	write()
	m.wait(t, 1, want)
	for range servers {
		lead := leader(t, servers)
		lead.etcd.stop()
		write()
		m.wait(t, 1, want)
		lead.start(t)
	}
	write()
	m.wait(t, 1, want)

	servers[0].etcd.stop()
	servers[1].etcd.stop()
	eventually(t, func() bool { return !s.state.connected.Load() }, func() { t.Error("the loss of the majority is not noticed") })
	servers[0].start(t)
	write()
	m.wait(t, 1, want)
}

// leader is the member of a cluster that leads it.
func leader(t *testing.T, servers []*server) *server {
	t.Helper()
	var lead *server
	eventually(t, func() bool {
		for _, s := range servers {
			if s.etcd.Server.Leader() == s.etcd.Server.MemberID() {
				lead = s
				return true
			}
		}
		return false
	}, func() { t.Error("no leader") })
	return lead
}

// TestNoSpace verifies that a full etcd is still followed, that what cannot be
// written says what to do, and that it goes on after that was done.
func TestNoSpace(t *testing.T) {
	etcd := newServer(t, t.TempDir())
	etcd.config.QuotaBackendBytes = 1 << 20
	etcd.start(t)
	s := open(t, Config{}, etcd)
	put(t, s, "/skydns/a", "1")
	m := follow(t, s, records)
	m.wait(t, 1, map[string]string{"/skydns/a": "1"})

	var err error
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); { // etcd counts what it has committed, ten times a second
		if _, err = s.Commit(t.Context(), nil, []clientv3.Op{clientv3.OpPut("/other", strings.Repeat("x", 100_000))}); err != nil {
			break
		}
	}
	if !errors.Is(rpctypes.Error(errors.Unwrap(errors.Unwrap(err))), rpctypes.ErrNoSpace) || !strings.Contains(err.Error(), "alarm disarm") {
		t.Fatalf("error %v", err)
	}
	if _, err := s.client.Delete(t.Context(), "/skydns/a"); err != nil {
		t.Fatal(err)
	}
	m.wait(t, 1, map[string]string{})

	resp, err := s.client.Delete(t.Context(), "/other")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.client.Compact(t.Context(), resp.Header.Revision, clientv3.WithCompactPhysical()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.client.Defragment(t.Context(), etcd.endpoint()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.client.AlarmDisarm(t.Context(), &clientv3.AlarmMember{}); err != nil {
		t.Fatal(err)
	}
	put(t, s, "/skydns/b", "2")
	m.wait(t, 1, map[string]string{"/skydns/b": "2"})
	if n := s.state.losses.Load(); n > 1 {
		t.Errorf("the watch was lost %d times", n)
	}
}

// TestHugeValue verifies that the largest value that etcd takes arrives.
func TestHugeValue(t *testing.T) {
	s := openEmbedded(t, t.TempDir(), "127.0.0.1:0")
	m := follow(t, s, records)
	m.wait(t, 1, map[string]string{})
	value := strings.Repeat("\xff", maxRequest-1000)
	put(t, s, "/skydns/a", value)
	m.wait(t, 1, map[string]string{"/skydns/a": value})
	follow(t, s, records).wait(t, 1, map[string]string{"/skydns/a": value})
}

// TestEndWithWatchers verifies that etcd ends although another program's watch
// goes on.
func TestEndWithWatchers(t *testing.T) {
	s := openEmbedded(t, t.TempDir(), "127.0.0.1:0")
	other := openClient(t, hostPort(s))
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	watch := other.client.Watch(ctx, "/skydns/", clientv3.WithPrefix(), clientv3.WithCreatedNotify())
	<-watch
	begun := time.Now()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begun); took > 6*time.Second {
		t.Errorf("etcd ended after %v", took)
	}
}
