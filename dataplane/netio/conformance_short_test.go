package netio_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/ipdcode/skydns/dataplane/engine"
)

// shortQuery is one as short as nearly all are, for which drivers have ways of
// their own; shortReply is the reply to it: batches of short ones, of some that
// are empty or long, and of none, take turns.
func shortQuery(i int) []byte {
	return append(fmt.Appendf(nil, "query %06d", i), bytes.Repeat([]byte{byte(i)}, 5+i%60)...)
}

func shortReply(query []byte) []byte {
	var i int
	if _, err := fmt.Sscanf(string(query[:12]), "query %06d", &i); err != nil {
		return nil
	}
	more := i % 20
	switch i / engine.BatchSize % 4 {
	case 1:
		if i%3 == 0 {
			return nil
		}
	case 2:
		if i%5 == 0 {
			more = 300
		}
	case 3:
		return nil
	}
	return append(bytes.Clone(query), bytes.Repeat([]byte{byte(^i)}, more)...)
}

// TestConformanceShort verifies the replies to batches of short queries.
func TestConformanceShort(t *testing.T) {
	eachDriver(t, func(t *testing.T, d driver) {
		var qs, want [][]byte
		for i := range 5 * engine.BatchSize {
			qs = append(qs, shortQuery(i))
			if reply := shortReply(qs[i]); reply != nil {
				want = append(want, reply)
			}
		}
		q, replies := d.start(t, qs)
		defer serve(t, q, func(msg []byte) []byte {
			reply := shortReply(msg)
			return msg[:copy(msg[:cap(msg)], reply)]
		}, nil)()
		if got := replies(len(want)); !slices.EqualFunc(got, want, bytes.Equal) {
			t.Errorf("got other replies: %q", got)
		}
	})
}
