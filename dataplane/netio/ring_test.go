package netio

import (
	"encoding/binary"
	"testing"
)

// TestFrameRing verifies that frames come out as they went in, in order, when
// two goroutines use the ring, and that a full ring has no space.
func TestFrameRing(t *testing.T) {
	r := new(FrameRing)
	for i := range ringFrames {
		r.Put(copy(r.Space(), []byte{byte(i)}))
	}
	if r.Space() != nil || r.Len() != ringFrames {
		t.Fatalf("a full ring has space, or %d frames", r.Len())
	}
	for range ringFrames {
		r.Take()
	}
	const frames = 20000
	go func() {
		for i := 0; i < frames; {
			if space := r.Space(); space != nil {
				binary.BigEndian.PutUint32(space, uint32(i))
				r.Put(4 + i%100)
				i++
			}
		}
	}()
	for i := 0; i < frames; {
		if r.Len() == 0 {
			continue
		}
		f := r.Frame()
		if got := binary.BigEndian.Uint32(f); got != uint32(i) || len(f) != 4+i%100 {
			t.Fatalf("frame %d of %d octets, want %d of %d", got, len(f), i, 4+i%100)
		}
		r.Take()
		i++
	}
}

// TestFrameRingDoesNotAllocate verifies that the poll loop's side is free.
func TestFrameRingDoesNotAllocate(t *testing.T) {
	r := new(FrameRing)
	if n := testing.AllocsPerRun(100, func() {
		r.Put(copy(r.Space(), "frame"))
		_ = r.Frame()
		r.Take()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
