package exception_test

import (
	"testing"
	"time"

	"github.com/ipdcode/skydns/dataplane/exception"
)

// TestShortMessage verifies that a length that no message has ends the
// connection, after the replies to what came before it.
func TestShortMessage(t *testing.T) {
	for name, bad := range map[string][]byte{
		"length 0":               {0, 0},
		"length 11":              append([]byte{0, 11}, make([]byte, 11)...),
		"length 0, and a query":  append([]byte{0, 0}, framed(query(9, 12, 12))...),
		"short, and not arrived": {0, 5},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, 1, nil)
			c := s.dial()
			m := query(1, 20, 30)
			c.send(append(framed(m), bad...))
			c.expect(m)
			c.expectEnd()
			c.Close()
			s.endedBy(exception.ShortMessage)
		})
	}
}

// TestEnds verifies what ends a connection, and that it is counted.
func TestEnds(t *testing.T) {
	short := 50 * time.Millisecond
	tests := []struct {
		name   string
		change func(c *exception.TCPConfig)
		client func(c client)
		want   exception.End
	}{
		{"no query at all", func(c *exception.TCPConfig) { c.IdleTimeout = short },
			func(c client) { c.expectEnd() }, exception.Idle},
		{"part of a query", func(c *exception.TCPConfig) { c.IdleTimeout = short },
			func(c client) {
				c.send(framed(query(1, 100, 50))[:40])
				c.expectEnd()
			}, exception.Idle},
		{"reset by the client", nil,
			func(c client) {
				m := query(1, 12, 12)
				c.send(framed(m))
				c.expect(m)
				c.SetLinger(0)
				c.Close()
			}, exception.Broken},
		{"does not read", func(c *exception.TCPConfig) { c.WriteTimeout = short },
			func(c client) { sendMuch(c) }, exception.Stalled},
		{"memory used up", func(c *exception.TCPConfig) { c.MaxHeld = 1 << 10 },
			func(c client) { sendMuch(c) }, exception.Memory},
		{"as many queries as allowed", func(c *exception.TCPConfig) { c.MaxQueries = 3 },
			func(c client) {
				var all [][]byte
				for i := range 5 {
					all = append(all, query(i, 20, 30))
				}
				c.send(framed(all...))
				for _, m := range all[:3] {
					c.expect(m)
				}
				c.expectEnd()
				c.Close()
			}, exception.QueryLimit},
		{"left, and does not close", func(c *exception.TCPConfig) { c.LingerTime = short },
			func(c client) {
				c.send([]byte{0, 0})
				c.expectEnd()
			}, exception.ShortMessage},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t, 1, tt.change)
			tt.client(s.dial())
			s.endedBy(tt.want)
			eventually(t, "no connection is open", func() bool { return s.queues[0].Counters().Open() == 0 })
		})
	}
}

// sendMuch asks for more than the kernel's buffers take, and reads nothing.
func sendMuch(c client) {
	c.SetReadBuffer(4 << 10)
	var all [][]byte
	for i := range 1000 {
		all = append(all, query(i, 12, 65535))
	}
	c.Write(framed(all...)) // the server may end the connection meanwhile
}
