package frame

import (
	"testing"

	"github.com/ipdcode/skydns/dataplane/frame/frametest"
)

// FuzzFrame verifies that no frame is read or written outside, and that the
// reply to a query, sent back, is a query again if it were asked of its source.
func FuzzFrame(f *testing.F) {
	msg := []byte("a message of some octets")
	for _, server := range []frametest.Packet{frametest.Query(server4, msg), frametest.Query(server6, msg)} {
		f.Add(frametest.Build(server), uint16(30))
		server.VLAN, server.Trailer = 7, make([]byte, 5)
		f.Add(frametest.Build(server), uint16(0))
		server.Service, server.Options = 4, []byte{7, 3, 4, 0}
		server.Extensions, server.FirstExtension = octets(f, "2c 00 01 04 00 00 00 00  11 00 00 00 00 00 00 07"), 60
		f.Add(frametest.Build(server), uint16(9))
	}
	l := local(f)
	f.Fuzz(func(t *testing.T, query []byte, n uint16) {
		n %= 1233
		query = query[:len(query):len(query)]
		found, v := l.Parse(query, 0)
		if v != Query {
			return
		}
		if found.Start > found.End || found.End > len(query) {
			t.Fatalf("%+v outside of %d octets", found, len(query))
		}
		reply := make([]byte, found.Start+int(n))
		copy(reply, query)
		if got := Reply(reply, int(n), 0); got > len(reply) || len(reply)-got > mostExtension {
			t.Fatalf("reply of %d octets in %d", got, len(reply))
		} else {
			reply = reply[:got]
		}
		// Changed back, with our own sums over it, it must parse as it did.
		again := append([]byte{}, reply...)
		if Reply(again, int(n), 0) != len(reply) {
			t.Fatal("the way back has another length")
		}
		// The reply came from port 53 and goes to what need not be ours.
		back, v := l.Parse(again, 0)
		if v != Query || back.Hi != found.Hi || back.Lo != found.Lo || back.End != len(again) {
			t.Fatalf("way back: %v %+v, was %+v", v, back, found)
		}
	})
}
