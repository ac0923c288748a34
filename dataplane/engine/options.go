package engine

import (
	"encoding/binary"

	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// Options of an OPT record that have a meaning here. Others are ignored (RFC
// 6891 section 6.1.2), padding among them: it hides nothing on UDP and plain
// TCP (RFC 7830 section 4).
const (
	optionNSID      = 3  // RFC 5001
	optionSubnet    = 8  // RFC 7871
	optionCookie    = 10 // RFC 7873
	optionKeepalive = 11 // RFC 7828

	optionHeader = 4   // code and length
	maxText      = 128 // octets of Config's texts: with all options, every reply to a query with OPT has room for them
)

// options is what the OPT of a query wants in the OPT of the reply.
type options struct {
	nsid        bool
	keepalive   bool
	cookieState cookieState
	cookie      [cookieLen]byte // the client's part, and the server's if proven
	subnet      subnet
}

// takeOptions reads the options of query i, which fill data, and returns how
// many octets the OPT of the reply takes; false if one is not well formed.
func (e *Engine) takeOptions(v *snapshot.View, b *Batch, i int, data []byte) (int, bool) {
	o := &b.options[i]
	o.nsid, o.keepalive, o.cookieState, o.subnet.given = false, false, noCookie, false
	for ok := true; len(data) >= optionHeader; {
		code, n := binary.BigEndian.Uint16(data), optionHeader+int(binary.BigEndian.Uint16(data[2:]))
		option := data[optionHeader:n]
		data = data[n:]
		switch code {
		case optionNSID:
			o.nsid = len(e.nsid) > 0
		case optionSubnet:
			ok = e.takeSubnet(b, i, option)
		case optionCookie:
			ok = e.takeCookie(v, b, i, option)
		case optionKeepalive:
			o.keepalive = b.Stream && e.keepalive > 0
			ok = !b.Stream || len(option) == 0
		}
		if !ok {
			return wire.OPTLen, false
		}
	}
	size := wire.OPTLen
	if o.nsid {
		size += optionHeader + len(e.nsid)
	}
	if o.keepalive {
		size += optionHeader + 2
	}
	if o.cookieState != noCookie {
		size += optionHeader + cookieLen
	}
	if o.subnet.given {
		size += optionHeader + 4 + o.subnet.octets()
	}
	return size, true
}

// putOptions writes the options of the reply to query i behind its OPT.
func (e *Engine) putOptions(b *Batch, i int) {
	o, r := &b.options[i], &e.reply
	if o.nsid {
		copy(r.option(optionNSID, len(e.nsid)), e.nsid)
	}
	if o.keepalive {
		binary.BigEndian.PutUint16(r.option(optionKeepalive, 2), e.keepalive)
	}
	if o.subnet.given {
		o.subnet.put(r.option(optionSubnet, 4+o.subnet.octets()))
	}
	if o.cookieState != noCookie {
		if o.cookieState != goodCookie {
			e.sign(&o.cookie, b.Client[i], uint32(b.Now/1000))
		}
		copy(r.option(optionCookie, cookieLen), o.cookie[:])
	}
}

// option writes the header of an option of n octets and returns their place.
func (r *reply) option(code uint16, n int) []byte {
	at := r.n
	r.n += optionHeader + n
	binary.BigEndian.PutUint16(r.buf[at:], code)
	binary.BigEndian.PutUint16(r.buf[at+2:], uint16(n))
	return r.buf[at+optionHeader : r.n]
}
