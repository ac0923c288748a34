package publish

import "bytes"

// dirty are the names that the changes of a batch touch, each once, in the order
// in which the changes first touch them. Written in that order, the names of an
// early change are seen before all of the batch is.
type dirty struct {
	names []touched
	text  []byte           // of the names, one behind the other
	known map[uint64]int32 // where in names, by nameID

	last int // of the names of the change under way, that which is written last; -1: none
}

// touched is one of the names.
type touched struct {
	from, to int // in text
	changes  int // of which it is the last name that is written
}

func newDirty() *dirty { return &dirty{known: map[uint64]int32{}, last: -1} }

// add notes that the change under way touches a name.
func (d *dirty) add(name []byte) {
	id := nameID(name)
	i, ok := d.known[id]
	if !ok || !bytes.Equal(d.name(int(i)), name) { // a name that is there twice is written twice
		i = int32(len(d.names))
		d.known[id] = i
		d.names = append(d.names, touched{from: len(d.text), to: len(d.text) + len(name)})
		d.text = append(d.text, name...)
	}
	d.last = max(d.last, int(i))
}

// next ends a change.
func (d *dirty) next() {
	if d.last >= 0 {
		d.names[d.last].changes++
	}
	d.last = -1
}

// name is the i-th name, valid until the next add or clear.
func (d *dirty) name(i int) []byte { return d.text[d.names[i].from:d.names[i].to] }

func (d *dirty) clear() {
	clear(d.known)
	d.names, d.text, d.last = d.names[:0], d.text[:0], -1
}
