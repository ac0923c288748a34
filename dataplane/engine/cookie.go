package engine

import (
	"encoding/binary"
	"math/bits"

	"github.com/ipdcode/skydns/dataplane/snapshot"
)

// A COOKIE option holds the client's part and, in replies and from clients that
// have had one, the server's (RFC 7873 section 4). The server's part is as RFC
// 9018 section 4 has it, so that servers of several makers can share an address:
//
//	0  u8   version, 1
//	1  u24  reserved: 0 in ours, any in what comes back
//	4  u32  when it was made, seconds since 1970
//	8  u64  SipHash-2-4 of the client's part, the above and the client's address
const (
	clientCookieLen = 8
	serverCookieLen = 16
	cookieLen       = clientCookieLen + serverCookieLen
	cookieVersion   = 1

	// Ages of a server cookie in seconds (RFC 9018 section 4.3).
	cookieRenew  = 1800 // the client gets a new one from here on
	cookieExpire = 3600
	cookieAhead  = 300 // clocks of servers may differ
)

// cookieState is what a query's COOKIE option is worth.
type cookieState uint8

const (
	noCookie     cookieState = iota
	clientCookie             // the client's part alone
	badCookie                // a server's part that is not ours, or too old
	staleCookie              // ours: the client is who it says; it gets a new one
	goodCookie               // ours, and new enough to be repeated
)

// proven reports whether the client has shown that the address is its own.
func (c cookieState) proven() bool { return c >= staleCookie }

// takeCookie reads the data of the first COOKIE option of a query; false if
// its length is none that RFC 7873 section 5.2.2 allows. Without secrets there
// are no cookies.
func (e *Engine) takeCookie(v *snapshot.View, b *Batch, i int, data []byte) bool {
	o := &b.options[i]
	if o.cookieState != noCookie || !e.cookies || v == nil {
		return true
	}
	var known bool
	if e.secrets, known = v.CookieSecrets(); !known {
		return true
	}
	if len(data) != clientCookieLen && (len(data) < clientCookieLen+8 || len(data) > clientCookieLen+32) {
		return false
	}
	o.cookieState = clientCookie
	n := copy(o.cookie[:], data)
	if len(data) == clientCookieLen {
		return true
	}
	o.cookieState = badCookie
	if len(data) == cookieLen && n == cookieLen && o.cookie[clientCookieLen] == cookieVersion {
		o.cookieState = e.verify(&o.cookie, b.Client[i], uint32(b.Now/1000))
	}
	return true
}

// verify is the state of a whole cookie at a time, in seconds.
func (e *Engine) verify(cookie *[cookieLen]byte, client Client, now uint32) cookieState {
	age := int32(now - binary.BigEndian.Uint32(cookie[12:])) // RFC 1982 arithmetic
	if age > cookieExpire || age < -cookieAhead {
		return badCookie
	}
	hash := binary.LittleEndian.Uint64(cookie[16:])
	switch {
	case hash == cookieHash(e.secrets.Sign, cookie, client) && age <= cookieRenew:
		return goodCookie
	case hash == cookieHash(e.secrets.Sign, cookie, client),
		e.secrets.Accept != [2]uint64{} && hash == cookieHash(e.secrets.Accept, cookie, client):
		return staleCookie
	}
	return badCookie
}

// sign makes the server's part of a cookie whose client's part is there.
func (e *Engine) sign(cookie *[cookieLen]byte, client Client, now uint32) {
	binary.BigEndian.PutUint64(cookie[8:], cookieVersion<<56|uint64(now))
	binary.LittleEndian.PutUint64(cookie[16:], cookieHash(e.secrets.Sign, cookie, client))
}

// cookieHash is the hash that ends a cookie.
func cookieHash(secret [2]uint64, cookie *[cookieLen]byte, client Client) uint64 {
	s := sipStart(secret)
	s.word(binary.LittleEndian.Uint64(cookie[:]))
	s.word(binary.LittleEndian.Uint64(cookie[8:]))
	if client.is4() {
		s.word(20<<56 | uint64(bits.ReverseBytes32(uint32(client.Lo))))
		return s.sum()
	}
	s.word(bits.ReverseBytes64(client.Hi))
	s.word(bits.ReverseBytes64(client.Lo))
	s.word(32 << 56)
	return s.sum()
}
