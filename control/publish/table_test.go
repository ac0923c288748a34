package publish

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// TestTable verifies that a name holds what its keys contribute, whatever the
// changes by which it came about, and that what is gone takes no memory: with
// the hashes of names as they are, and with few, which names then share.
func TestTable(t *testing.T) {
	for name, hash := range map[string]func([]byte) uint64{
		"hashes": nameID,
		"few":    func(name []byte) uint64 { return nameID(name) % 50 << 40 },
	} {
		t.Run(name, func(t *testing.T) {
			table, model := newTable(), model{}
			table.hash = hash
			rng := rand.New(rand.NewPCG(1, 2))
			for range 30_000 {
				model.change(t, table, rng)
			}
			model.check(t, table)
			for name, keys := range model {
				for id := range maps.Clone(keys) {
					model.set(t, table, name, id, "")
				}
			}
			if table.len() != 0 || table.selfs != 0 {
				t.Errorf("%d names, %d of keys are left", table.len(), table.selfs)
			}
			if n := len(table.blocks) - 1 - len(table.free); n > 2 {
				t.Errorf("%d blocks are left", n)
			}
		})
	}
}

// model is what a table should hold: by name and key, the data of one TXT.
type model map[string]map[uint64]string

// change lets one of 300 names get, change or lose what a key contributes:
// little, or more than a block holds.
func (m model) change(t *testing.T, table *table, rng *rand.Rand) {
	name := testName(rng.IntN(300))
	data := strings.Repeat("x", rng.IntN(300)) + fmt.Sprint(rng.IntN(3))
	switch rng.IntN(200) {
	case 0:
		data = strings.Repeat("y", 3*blockSize)
	case 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20:
		data = ""
	}
	m.set(t, table, name, uint64(rng.IntN(4)), data)
}

// testName is the i-th name, every third of them that of a key of ours.
func testName(i int) string {
	name := fmt.Sprintf("n%d", i)
	if i%3 == 0 {
		name = fmt.Sprintf("%s%013d", record.ItemPrefix, i)
	}
	return string(append(append([]byte{byte(len(name))}, name...), 0))
}

// set makes data, none if it is empty, what a key contributes to a name.
func (m model) set(t *testing.T, table *table, name string, id uint64, data string) {
	t.Helper()
	before, held := m[name][id]
	var rrs []record.RR
	if data != "" {
		rrs = []record.RR{{Name: []byte("\x05other\x00")}, {Name: []byte(name), Type: wire.TypeTXT, TTL: 30, Data: []byte(data)}}
	}
	changed := table.set([]byte(name), id, rrs)
	alone := len(m[name]) == 0 || held && len(m[name]) == 1 // of several what was said last stands last
	if alone && changed != (before != data) {
		t.Fatalf("%q: changed is %v", name, changed)
	}
	if m[name] == nil {
		m[name] = map[uint64]string{}
	}
	if m[name][id] = data; data == "" {
		delete(m[name], id)
	}
	if len(m[name]) == 0 {
		delete(m, name)
	}
}

// check compares the table with the model.
func (m model) check(t *testing.T, table *table) {
	t.Helper()
	held := model{}
	for name, items := range table.all() {
		if got := table.get(name); string(got) != string(items) {
			t.Fatalf("%q: get and all disagree", name)
		}
		keys := map[uint64]string{}
		for rest := items; len(rest) > 0; {
			it, id, size := unpack(rest)
			keys[id] = string(it.data)
			rest = rest[size:]
		}
		held[string(name)] = keys
	}
	if table.len() != len(m) || !maps.EqualFunc(held, m, maps.Equal[map[uint64]string, map[uint64]string]) {
		t.Errorf("%d names, want %d: %q", table.len(), len(m), slices.Sorted(maps.Keys(m)))
	}
	m.checkSelfs(t, table)
	checkMemory(t, table)
}

// checkSelfs compares the number of names of keys of ours.
func (m model) checkSelfs(t *testing.T, table *table) {
	t.Helper()
	selfs := 0
	for name := range m {
		if record.IsItem([]byte(name)) {
			selfs++
		}
	}
	if table.selfs != selfs {
		t.Errorf("%d names of keys, want %d", table.selfs, selfs)
	}
}

// checkMemory verifies that a table takes little more than what lives in it.
func checkMemory(t *testing.T, table *table) {
	t.Helper()
	size, lives := 0, 0
	for _, b := range table.blocks {
		size += cap(b.mem)
		for e := range entries(b.mem) {
			lives += len(e.mem)
		}
	}
	if size > 5*lives/2+2*blockSize {
		t.Errorf("%d octets of blocks for %d that live", size, lives)
	}
}
