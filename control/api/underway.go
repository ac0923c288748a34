package api

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// underWay are the requests that are being served, and among them the changes:
// the program does not end before each of these has its audit line.
type underWay struct {
	changes context.Context // of all changes: ends when they are given up
	giveUp  context.CancelFunc

	mu       sync.Mutex
	begun    map[*http.Request]time.Time
	changing int
	closed   bool          // no change begins any more
	none     chan struct{} // closed when closed is set and the last change has ended
}

func newUnderWay() *underWay {
	u := &underWay{begun: map[*http.Request]time.Time{}, none: make(chan struct{})}
	u.changes, u.giveUp = context.WithCancel(context.Background())
	return u
}

// begin notes a request; the caller ends it.
func (u *underWay) begin(r *http.Request) (end func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.begun[r] = time.Now()
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		delete(u.begun, r)
	}
}

// oldest is for how long the oldest of the requests has been under way.
func (u *underWay) oldest() (path string, age time.Duration) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for r, begun := range u.begun {
		if since := time.Since(begun); since > age {
			path, age = r.URL.Path, since
		}
	}
	return path, age
}

var errEnding = fail(http.StatusServiceUnavailable, "control ends: nothing is changed, ask another one or later")

// beginChange notes a change; the caller ends it, behind its audit line. While
// the program ends there is no new one.
func (u *underWay) beginChange() (end func(), err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.closed {
		return nil, errEnding
	}
	u.changing++
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		if u.changing--; u.closed && u.changing == 0 {
			close(u.none)
		}
	}, nil
}

// close lets no change begin any more. What it returns is closed when none is
// under way. It is called once.
func (u *underWay) close() <-chan struct{} {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.closed = true; u.changing == 0 {
		close(u.none)
	}
	return u.none
}
