package lab

import (
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Gate is a TCP proxy in front of a program, which a test can shut as a firewall
// does: connections stay, nothing passes, and nobody is told.
type Gate struct {
	Addr string // host:port to connect to instead of the program's

	target string
	shut   atomic.Bool

	mu    sync.Mutex
	conns map[net.Conn]struct{}
}

// NewGate makes an open gate in front of host:port, until the test ends.
func NewGate(tb testing.TB, target string) *Gate {
	tb.Helper()
	g := &Gate{Addr: FreePort(tb), target: target, conns: map[net.Conn]struct{}{}}
	l, err := net.Listen("tcp", g.Addr)
	if err != nil {
		tb.Fatalf("lab: %v", err)
	}
	tb.Cleanup(func() { l.Close(); g.Open(); g.Cut() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go g.serve(c)
		}
	}()
	return g
}

// Shut lets nothing pass until Open.
func (g *Gate) Shut() { g.shut.Store(true) }

// Open lets pass what waits and what comes.
func (g *Gate) Open() { g.shut.Store(false) }

// Cut breaks all connections.
func (g *Gate) Cut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for c := range g.conns {
		c.Close()
	}
}

// serve carries what one client and the program say.
func (g *Gate) serve(client net.Conn) {
	defer client.Close()
	g.wait()
	program, err := net.Dial("tcp", g.target)
	if err != nil {
		return
	}
	g.hold(client, program)
	defer g.forget(client, program)
	done := make(chan struct{})
	go func() {
		defer close(done)
		g.pump(program, client)
	}()
	g.pump(client, program)
	<-done
}

func (g *Gate) hold(conns ...net.Conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range conns {
		g.conns[c] = struct{}{}
	}
}

func (g *Gate) forget(conns ...net.Conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range conns {
		delete(g.conns, c)
	}
}

// pump carries one direction; its end is the end of both.
func (g *Gate) pump(from, to net.Conn) {
	defer from.Close()
	defer to.Close()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		g.wait()
		if _, failed := to.Write(buf[:n]); err != nil || failed != nil {
			return
		}
	}
}

// wait waits while the gate is shut.
func (g *Gate) wait() {
	for g.shut.Load() {
		time.Sleep(time.Millisecond)
	}
}
