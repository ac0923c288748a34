package snapshot

import "math/bits"

// candidatesGo is candidates for processors without AVX2.
func (v *View) candidatesGo(hash, off []uint64) {
	for i, h := range hash {
		b := v.mem.bucket(off[i])
		slot := match(b, tag(h))
		if slot == 0 && full(b) {
			slot = match(v.mem.bucket(v.behind(off[i])), tag(h))
		}
		off[i] = slotOff(slot)
	}
	v.mem.prefetch(off, true)
}

// match returns the first slot of the bucket that carries the tag, or 0.
// Every slot is looked at and none branched on: which slot matches is random
// and a branch on it is guessed wrong (BenchmarkCandidates).
func match(b *[bucketSlots]uint64, t uint64) uint64 {
	var mask uint64
	for i := range bucketSlots {
		diff := (atomicLoad(&b[i]) ^ t) >> slotOffBits
		mask |= (diff - 1) >> 63 << i
	}
	if mask == 0 {
		return 0
	}
	return atomicLoad(&b[bits.TrailingZeros64(mask)&(bucketSlots-1)])
}

// full reports whether no slot of the bucket is free: there may be more behind it.
func full(b *[bucketSlots]uint64) bool {
	for i := range b {
		if atomicLoad(&b[i]) == slotEmpty {
			return false
		}
	}
	return true
}
