package exception

import "time"

// list is connections in the order in which they came into it.
type list struct{ first, last *conn }

// push moves c to the end of the list.
func (l *list) push(c *conn, now time.Duration) {
	c.unlink()
	c.list, c.since, c.prev = l, now, l.last
	if l.last != nil {
		l.last.next = c
	} else {
		l.first = c
	}
	l.last = c
}

// unlink takes c out of its list, if it is in one.
func (c *conn) unlink() {
	l := c.list
	if l == nil {
		return
	}
	if c.prev != nil {
		c.prev.next = c.next
	} else {
		l.first = c.next
	}
	if c.next != nil {
		c.next.prev = c.prev
	} else {
		l.last = c.prev
	}
	c.list, c.prev, c.next = nil, nil, nil
}

// older is that of two connections, nil for none, that has waited longer.
func older(a, b *conn) *conn {
	if a == nil || b != nil && b.since < a.since {
		return b
	}
	return a
}
