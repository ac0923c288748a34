package exception

import (
	"sync"
	"sync/atomic"

	"github.com/ipdcode/skydns/dataplane/engine"
)

// limits counts the connections of all queues. It is asked when a connection
// begins and ends, never for a query.
type limits struct {
	max, maxPerClient int

	wanted atomic.Bool // a queue has had no place for a connection, and none of its own to end

	mu      sync.Mutex // guards what follows
	total   int
	clients map[engine.Client]int // connections by prefix
}

func newLimits(most, mostPerClient int) *limits {
	return &limits{max: most, maxPerClient: mostPerClient, clients: map[engine.Client]int{}}
}

// prefix is what counts as one client: an IPv4 address, or an IPv6 /64, which
// one host may have all of.
func prefix(c engine.Client) engine.Client {
	const mapped = 0xffff
	if c.Hi == 0 && c.Lo>>32 == mapped {
		return c
	}
	return engine.Client{Hi: c.Hi}
}

// enter counts one more connection of the client and returns open, or says why
// there may not be one: PerClient or Full.
func (l *limits) enter(c engine.Client) End {
	p := prefix(c)
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.clients[p] >= l.maxPerClient:
		return PerClient
	case l.total >= l.max:
		return Full
	}
	l.clients[p]++
	l.total++
	return open
}

// leave counts one connection of the client less.
func (l *limits) leave(c engine.Client) {
	p := prefix(c)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total--
	l.clients[p]--
	if l.clients[p] == 0 {
		delete(l.clients, p)
	}
}

// ask says that a queue wants another to end a connection; asked, whether one
// does; answer, that it was done.
func (l *limits) ask()        { l.wanted.Store(true) }
func (l *limits) asked() bool { return l.wanted.Load() }
func (l *limits) answer()     { l.wanted.Store(false) }
