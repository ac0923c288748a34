package api

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestHungHandlersAreNoLife verifies that the interface is not taken for alive
// while a lock that all requests take is not released, and is when it is.
func TestHungHandlersAreNoLife(t *testing.T) {
	f := newFixture(t)
	i, err := New(f.options())
	if err != nil {
		t.Fatal(err)
	}
	alive := func() string {
		if err := i.Alive(); err != nil {
			return err.Error()
		}
		return ""
	}
	if text := alive(); text != "" {
		t.Errorf("at the start: %s", text)
	}
	i.answerWithin = 20 * time.Millisecond
	i.underWay.mu.Lock()
	for range 3 {
		if text := alive(); !strings.Contains(text, "has not answered GET /healthz") {
			t.Errorf("while requests hang: %q", text)
		}
	}
	i.underWay.mu.Unlock()
	for end := time.Now().Add(10 * time.Second); alive() != ""; {
		if time.Now().After(end) {
			t.Fatal("not alive again")
		}
	}
}

// TestHungRequestIsNoLife verifies that one request which is under way for
// longer than any may be, as where a list waits for the index's lock, ends the
// signs of life, although other requests are answered.
func TestHungRequestIsNoLife(t *testing.T) {
	f := newFixture(t)
	s, err := newServer(f.options())
	if err != nil {
		t.Fatal(err)
	}
	i := s.over(s.routes())
	f.serve(i)
	f.get("/skydns/api")
	s.index.follower.mu.Lock()
	ctx, hangUp := context.WithCancel(t.Context())
	listed := make(chan struct{})
	go func() {
		defer close(listed)
		r, _ := http.NewRequestWithContext(ctx, "GET", "/skydns/api?token="+token, nil)
		i.ServeHTTP(new(probeWriter), r)
	}()
	age := func() bool {
		s.underWay.mu.Lock()
		defer s.underWay.mu.Unlock()
		for r := range s.begun {
			s.begun[r] = time.Now().Add(-hungAfter - time.Second)
		}
		return len(s.begun) > 0
	}
	for !age() {
		time.Sleep(time.Millisecond)
	}
	if err := i.Alive(); err == nil || !strings.Contains(err.Error(), `"/skydns/api" has been under way for 5m`) {
		t.Errorf("while a list hangs: %v", err)
	}
	s.index.follower.mu.Unlock()
	hangUp()
	<-listed
	if err := i.Alive(); err != nil {
		t.Errorf("when it has ended: %v", err)
	}
}

// TestAbsentEtcdIsNoHang verifies that requests which wait for an etcd that is
// away end by themselves, and that the interface counts as alive meanwhile.
func TestAbsentEtcdIsNoHang(t *testing.T) {
	f := newFixture(t)
	s := f.withoutEtcd()
	i := s.over(s.routes())
	f.serve(i)
	answered := make(chan int, 1)
	go func() {
		code, _ := f.do("POST", "/skydns/api/n", `{"ips":["10.0.0.1"]}`)
		answered <- code
	}()
	for waiting := true; waiting; {
		if err := i.Alive(); err != nil {
			t.Fatal(err)
		}
		select {
		case code := <-answered:
			waiting = false
			if code != http.StatusServiceUnavailable {
				t.Errorf("status %d", code)
			}
		case <-time.After(5 * time.Millisecond):
		}
	}
}
