package publish

import (
	"slices"
	"testing"
)

// TestDirtyAfterALargeBatch verifies that what the names of a large batch took
// does not have to be cleared after each small one.
func TestDirtyAfterALargeBatch(t *testing.T) {
	d := newDirty()
	for i := range mostKept + 1 {
		d.add([]byte(testName(i)))
		d.next()
	}
	d.clear()
	if len(d.names) != 0 || len(d.changes) != 0 || len(d.known) != 0 || d.last != -1 {
		t.Errorf("%d names, %d known are left", len(d.names), len(d.known))
	}
	if cap(d.names) > mostKept {
		t.Errorf("room for %d names is kept", cap(d.names))
	}
}

// TestChangeCountsAtItsLastName verifies that a change which touches a name of
// before last counts when the last one that is written is seen.
func TestChangeCountsAtItsLastName(t *testing.T) {
	d := newDirty()
	above, below := []byte(testName(1)), []byte(testName(2))
	d.add(above)
	d.next()
	d.add(below)
	d.add(above)
	d.next()
	if want := []int{1, 1}; !slices.Equal(d.changes, want) {
		t.Errorf("changes that count at each name: %v, want %v", d.changes, want)
	}
}
