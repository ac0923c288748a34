package engine

import (
	"encoding/binary"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// chaosNames is how many names there are in class CHAOS (RFC 4892, and what
// BIND has had before it).
const chaosNames = 4

var chaosName = [chaosNames][]byte{
	[]byte("\x07version\x04bind\x00"), []byte("\x07version\x06server\x00"),
	[]byte("\x02id\x06server\x00"), []byte("\x08hostname\x04bind\x00"),
}

// chaos answers a question of class CHAOS where there is a text for its name.
func (e *Engine) chaos(b *Batch, i int) Verdict {
	q, r := &b.query[i], &e.reply
	name := b.Msg[i][wire.HeaderLen : q.end-4]
	for k, text := range e.chaosText {
		if text == "" || !sameName(name, chaosName[k]) {
			continue
		}
		r.start(b.Msg[i], q)
		r.flags = wire.FlagAA
		b.Verdict[i] = NoData
		if q.qtype == wire.TypeTXT || q.qtype == wire.TypeANY {
			b.Verdict[i] = Answered
			r.chaosText(text)
		}
		b.Msg[i] = e.finish(b, i, wire.RcodeNoError)
		return Answered
	}
	return Refused
}

// chaosText adds the TXT record, of TTL 0, with a text of at most maxText
// octets.
func (r *reply) chaosText(text string) {
	end := r.n + 13 + len(text)
	if end > r.end {
		r.flags |= wire.FlagTC
		return
	}
	rr := r.buf[r.n:end]
	binary.BigEndian.PutUint64(rr, (pointerTag|wire.HeaderLen)<<48|wire.TypeTXT<<32|wire.ClassCHAOS<<16)
	binary.BigEndian.PutUint32(rr[8:], uint32(len(text)+1))
	rr[12] = byte(len(text))
	copy(rr[13:], text)
	r.n = end
	r.an++
}
