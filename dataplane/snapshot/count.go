package snapshot

// Names counts the names, those that only have names below them included. It
// goes through the whole table: some milliseconds for a million names.
func (v *View) Names() uint64 {
	n := uint64(0)
	for i := range v.buckets {
		b := v.mem.bucket(v.bucketAt(i))
		for i := range b {
			if s := atomicLoad(&b[i]); s != slotEmpty && s != slotDead {
				n++
			}
		}
	}
	return n
}
