package publish

import (
	"fmt"
	"strings"
	"testing"
)

// TestSmallNamesBetweenLargeOnes verifies that names with much, which come and
// go, leave no blocks behind that hold one little name each.
func TestSmallNamesBetweenLargeOnes(t *testing.T) {
	table, m := newTable(), model{}
	large := strings.Repeat("y", blockSize-40)
	for i := range 300 {
		m.set(t, table, testName(2*i), 1, "x")
		m.set(t, table, testName(2*i+1), 1, large)
	}
	for i := range 300 {
		m.set(t, table, testName(2*i+1), 1, "")
	}
	m.check(t, table)
}

// TestSlotsOfGoneNames verifies that names which come and go, all of them
// others, neither fill the index nor let it grow.
func TestSlotsOfGoneNames(t *testing.T) {
	const lives = 1000
	table, m := newTable(), model{}
	for i := range 200_000 {
		m.set(t, table, testName(i), 1, "x")
		if i >= lives {
			m.set(t, table, testName(i-lives), 1, "")
		}
	}
	m.check(t, table)
	slots := 0
	for _, s := range table.shards {
		slots += len(s.slots)
	}
	if slots > 8*lives+len(table.shards)*leastSlots {
		t.Errorf("%d slots for %d names", slots, lives)
	}
}

// FuzzTable compares a table with a map, whatever comes and goes: each change
// is an octet each of the name, the key, and how much it says.
func FuzzTable(f *testing.F) {
	f.Add(false, []byte("aA\x10bA\x20aB\xffaA\x00"))
	f.Add(true, []byte("\x00a\xf0\x03a\xf1\x00a\x00\x03b\x01"))
	f.Fuzz(func(t *testing.T, collide bool, changes []byte) {
		table, m := newTable(), model{}
		if collide {
			table.hash = func(name []byte) uint64 { return nameID(name) % 5 << 40 }
		}
		for ; len(changes) >= 3; changes = changes[3:] {
			size, data := int(changes[2]), ""
			if size > 0 {
				data = fmt.Sprintf("%0*d", size*size, changes[1])
			}
			m.set(t, table, testName(int(changes[0])), uint64(changes[1]&3), data)
		}
		m.check(t, table)
	})
}
