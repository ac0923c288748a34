package netio

import "sync/atomic"

const (
	ringFrames = 256 // a power of 2
	frameRoom  = 2044
)

// FrameRing carries Ethernet frames from one goroutine to another: one puts
// in, one takes out, neither ever waits or makes a system call. What does not
// fit is the producer's to drop, and to count.
type FrameRing struct {
	_    [cacheLines]byte
	put  atomic.Uint64 // frames put in since the start; the producer's to write
	lost atomic.Uint64 // frames that found no space; the producer's to write
	_    [cacheLines]byte
	took atomic.Uint64 // frames taken out since the start; the consumer's to write
	_    [cacheLines]byte
	slot [ringFrames]struct {
		n      int32
		octets [frameRoom]byte
	}
}

// Space is where the producer may write the next frame, until Put; nil if the
// ring is full.
func (r *FrameRing) Space() []byte {
	put := r.put.Load()
	if put-r.took.Load() == ringFrames {
		return nil
	}
	return r.slot[put%ringFrames].octets[:]
}

// Put puts in the frame of n octets that Space holds.
func (r *FrameRing) Put(n int) {
	put := r.put.Load()
	r.slot[put%ringFrames].n = int32(n)
	r.put.Store(put + 1)
}

// Lose counts a frame for which there was no space.
func (r *FrameRing) Lose() { r.lost.Store(r.lost.Load() + 1) }

// Carried is how many frames were taken out since the start, and how many Lose
// counted. Anyone may ask.
func (r *FrameRing) Carried() (frames, lost uint64) { return r.took.Load(), r.lost.Load() }

// Len is how many frames are in the ring at least, for its consumer.
func (r *FrameRing) Len() int { return int(r.put.Load() - r.took.Load()) }

// Frame is the oldest frame of a ring that is not empty. It is the consumer's
// until Take.
func (r *FrameRing) Frame() []byte {
	s := &r.slot[r.took.Load()%ringFrames]
	return s.octets[:s.n]
}

// Take takes out the oldest frame.
func (r *FrameRing) Take() { r.took.Store(r.took.Load() + 1) }
