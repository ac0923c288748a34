package publish

import "bytes"

// dirty are the names that the changes of a batch touch, each once, in the order
// in which the changes first touch them. Written in that order, the names of an
// early change are seen before all of the batch is.
type dirty struct {
	names   [][]byte
	changes []int            // of which the name is the last one that is written
	text    []byte           // of the names, one behind the other
	known   map[uint64]int32 // where in names, by nameID

	last int // of the names of the change under way, that which is written last; -1: none
}

// mostKept is of how many names the memory is kept for the next batch. Clearing
// takes as long as the largest batch that the memory was for: after a watch that
// caught up each batch of a few changes would pay for it.
const mostKept = 16 << 10

func newDirty() *dirty { return &dirty{known: map[uint64]int32{}, last: -1} }

// add notes that the change under way touches a name.
func (d *dirty) add(name []byte) {
	id := nameID(name)
	i, ok := d.known[id]
	if !ok || !bytes.Equal(d.names[i], name) { // a name that is there twice is written twice
		i = int32(len(d.names))
		d.known[id] = i
		d.text = append(d.text, name...)
		d.names = append(d.names, d.text[len(d.text)-len(name):len(d.text):len(d.text)])
		d.changes = append(d.changes, 0)
	}
	d.last = max(d.last, int(i))
}

// next ends a change.
func (d *dirty) next() {
	if d.last >= 0 {
		d.changes[d.last]++
	}
	d.last = -1
}

func (d *dirty) clear() {
	if len(d.names) > mostKept {
		*d = *newDirty()
		return
	}
	clear(d.known)
	d.names, d.changes, d.text, d.last = d.names[:0], d.changes[:0], d.text[:0], -1
}
