package snapshot

import (
	"fmt"
	"sync/atomic"
)

// elsewhere finds out, now and then, whether the snapshot is to be looked for in
// another directory than that whose files are mapped: somebody removed it, and
// control made it anew, or control uses another one by default.
func (r *Reader) elsewhere() (dir string, other bool) {
	dir = r.dir
	r.looks++
	if r.looks < lookEvery {
		return dir, r.files == nil
	}
	if r.dirs != nil { // what was left elsewhere may be old: only a writer there counts
		dir = readersDir(append([]string{r.dir}, r.dirs()...))
	}
	if r.files != nil && dir == r.dir && !r.files.replaced(dir) {
		r.looks = 0
		return dir, false
	}
	return dir, true
}

// adopt takes a directory over, with its generation if it has one, or leaves
// all as it is. One without a generation does not replace one that had.
func (r *Reader) adopt(dir string) (changed bool, err error) {
	d, err := openDirectory(dir)
	if d == nil {
		return false, err
	}
	number := d.root.load64(rootGenerationOff)
	if number == 0 && r.view.Load() != nil {
		return false, d.close()
	}
	places := make([]*place, len(r.slots))
	for i := range places {
		if places[i], err = d.claim(); err != nil {
			d.close()
			return false, err
		}
	}
	var view *View
	if number != 0 {
		if view, err = d.open(dir, number); err != nil {
			d.close()
			return false, fmt.Errorf("generation %d of %s is not used: %w", number, dir, err)
		}
	}
	r.dir = dir
	r.switchTo(d, places, view)
	return view != nil, nil
}

// switchTo makes d the directory. The files of the one before stay mapped until
// Close: a core may be about to store into them.
func (r *Reader) switchTo(d *directory, places []*place, view *View) {
	r.looks = 0
	r.dropNext()
	if r.files != nil {
		r.past = append(r.past, r.files)
	}
	r.files = d
	before := make([]*place, len(r.slots))
	for i, s := range r.slots {
		before[i] = s.place.Swap(places[i])
	}
	if old := r.view.Swap(view); old != nil {
		r.left = append(r.left, leaving{old, r.turnsSince(before)})
	}
}

// turnsSince is what each slot shows, after its place was changed. A core that
// entered before, in its former place, shows that in its new one: whatever it
// stores there next tells that it has left.
func (r *Reader) turnsSince(before []*place) []uint64 {
	for i, s := range r.slots {
		if before[i] == nil {
			continue
		}
		if inside := atomic.LoadUint64(before[i].seen); inside != 0 {
			atomic.CompareAndSwapUint64(s.place.Load().seen, 0, inside)
		}
	}
	return r.turns()
}
