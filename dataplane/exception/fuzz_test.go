package exception_test

import (
	"encoding/binary"
	"io"
	"testing"
)

// FuzzStream verifies that whatever a client sends, in whatever pieces, each
// whole message before the first that is too short gets its reply, in order,
// and the connection ends with the client's.
func FuzzStream(f *testing.F) {
	f.Add(framed(query(1, 12, 12)), uint16(1))
	f.Add(framed(query(1, 30, 500), query(2, 12, 65535)), uint16(7))
	f.Add(append(framed(query(1, 12, 40)), 0, 0, 1, 2, 3), uint16(100))
	f.Add([]byte{0, 200, 1}, uint16(2))
	s := start(f, 1, nil)
	f.Fuzz(func(t *testing.T, data []byte, piece uint16) {
		var want [][]byte
		for rest := data; len(rest) >= 2; {
			n := int(binary.BigEndian.Uint16(rest))
			if n < 12 || len(rest)-2 < n {
				break
			}
			if m := rest[2 : 2+n]; size(m) > 0 {
				want = append(want, m)
			}
			rest = rest[2+n:]
		}
		asker := server{t: t, addr: s.addr}
		c := asker.dial()
		defer c.Close()
		c.SetLinger(0) // at the end: no port waits for late segments
		go func() {
			for ; len(data) > 0; data = data[min(len(data), int(piece)+1):] {
				c.Write(data[:min(len(data), int(piece)+1)])
			}
			c.CloseWrite()
		}()
		for _, m := range want {
			c.expect(m)
		}
		if n, err := io.Copy(io.Discard, c); n != 0 || isTimeout(err) {
			t.Errorf("%d octets more than the replies, %v", n, err)
		}
	})
}
