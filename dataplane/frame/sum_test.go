package frame

import (
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/ipdcode/skydns/dataplane/frame/frametest"
)

// TestSum compares the sum with the plain one, at every length
// and alignment; what stands around the octets does not matter.
func TestSum(t *testing.T) {
	room := make([]byte, 2048)
	for i := range room {
		room[i] = byte(rand.Uint32())
	}
	for n := range 1500 {
		b := room[32+n%17:][:n]
		p := unsafe.Pointer(unsafe.SliceData(b))
		want := frametest.Sum(b)
		got := fold(sum(0, p, n))
		got = got<<8 | got>>8          // summed as little-endian words
		if got%0xffff != want%0xffff { // zero has two forms
			t.Fatalf("%d octets: %#04x, want %#04x", n, got, want)
		}
	}
}
