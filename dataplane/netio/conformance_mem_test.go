package netio_test

import (
	"testing"
	"time"

	"github.com/ipdcode/skydns/dataplane/netio"
)

func startMem(t *testing.T, queries [][]byte) (netio.Queue, func(int) [][]byte) {
	messages := make([]netio.Message, len(queries))
	for i, q := range queries {
		messages[i].Msg = q
	}
	q := netio.NewMemQueue(messages, 1)
	sent := make(chan []byte, len(queries))
	arena := make([]byte, 0, len(queries)<<12) // the allocation test runs this too
	q.OnReply = func(_ int, reply []byte) {
		arena = append(arena, reply...)
		sent <- arena[len(arena)-len(reply):]
	}
	return q, func(n int) [][]byte {
		t.Helper()
		var got [][]byte
		timeout := time.After(patience)
		for len(got) < n {
			select {
			case r := <-sent:
				got = append(got, r)
			case <-timeout:
				t.Fatalf("%d replies, want %d", len(got), n)
			}
		}
		return got
	}
}
