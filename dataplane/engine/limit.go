package engine

import (
	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// Limits are what the clients of one network may ask of one engine in a
// second, all of it at once if they like. Who has shown a valid cookie has no
// limit, and over streams replies have none: these clients' addresses are
// their own.
type Limits struct {
	Queries int // beyond it they are dropped, over streams refused; 0: no limit
	Replies int // beyond it there is a slip, or nothing; 0: no limit

	// Slip makes one in so many of the replies beyond the limit an empty one
	// with TC, or BADCOOKIE to a client that knows cookies, so that clients
	// whose addresses are abused get through; 0: none.
	Slip int

	IPv4, IPv6 int       // bits that make a network; 0: 24 and 56
	Exempt     []Network // clients without limits
}

// limit answers or drops those of the n queries that are beyond the limits,
// before any look-up is made for them.
func (e *Engine) limit(v *snapshot.View, b *Batch, n int) {
	l := e.limits
	for i := range n {
		q := &b.query[i]
		if len(b.Msg[i]) == 0 || q.opt > wire.OPTLen && b.options[i].cookieState.proven() || l.exempt.hold(b.Client[i]) {
			continue
		}
		queries, replies := l.take(b.Client[i], uint32(b.Now))
		switch {
		case !queries && b.Stream:
			if q.scanned {
				e.parse(v, b, i)
			}
			e.fail(b, i, QueryLimit)
			b.length[i] = 0
		case !queries:
			b.drop(i, QueryLimit)
		case !replies && !b.Stream:
			e.slip(v, b, i)
		}
	}
}

// drop answers nothing to query i.
func (b *Batch) drop(i int, verdict Verdict) {
	b.Msg[i], b.Verdict[i] = nil, verdict
	b.query[i].done, b.length[i] = true, 0
}

// slip drops query i, or tells the client how to get through: over TCP, or
// with the cookie that it is given. An error that parsing has found stays.
func (e *Engine) slip(v *snapshot.View, b *Batch, i int) {
	q := &b.query[i]
	if e.limits.slip <= 0 || e.below(e.limits.slip) != 0 {
		b.drop(i, ReplyLimit)
		return
	}
	if q.scanned {
		e.parse(v, b, i)
	}
	switch {
	case q.done:
	case q.opt > wire.OPTLen && b.options[i].cookieState != noCookie:
		e.fail(b, i, BadCookie)
		return
	default:
		e.reply.start(b.Msg[i], q)
		e.reply.flags = wire.FlagTC
		b.Msg[i] = e.finish(b, i, wire.RcodeNoError)
		q.done = true
	}
	b.Verdict[i], b.length[i] = Slipped, 0
}
