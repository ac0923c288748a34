package snapshot

import (
	"bytes"
	"cmp"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// mustName is a name in wire form.
func mustName(t testing.TB, s string) []byte {
	t.Helper()
	n, err := wire.ParseName(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// addrs is an RRset of addresses.
func addrs(ttl uint32, ips ...string) RRset {
	s := RRset{Type: wire.TypeA, TTL: ttl}
	for _, ip := range ips {
		a := netip.MustParseAddr(ip)
		if a.Is6() {
			s.Type = wire.TypeAAAA
		}
		s.Data = append(s.Data, a.AsSlice())
	}
	return s
}

// soa is a SOA RRset.
func soa(t testing.TB, ttl, minimum uint32) RRset {
	data := append(mustName(t, "ns.example."), mustName(t, "host.example.")...)
	data = append(data, make([]byte, 16)...)
	data = append(data, byte(minimum>>24), byte(minimum>>16), byte(minimum>>8), byte(minimum))
	return RRset{Type: wire.TypeSOA, TTL: ttl, Data: [][]byte{data}}
}

// ns is an NS RRset.
func ns(t testing.TB, host string) RRset {
	return RRset{Type: wire.TypeNS, TTL: 300, Data: [][]byte{mustName(t, host)}}
}

// openWriter is a writer in a directory of its own, closed with the test.
func openWriter(t testing.TB, dir string) *Writer {
	t.Helper()
	w, err := OpenWriter(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

// downNow is what BeginSync and a repetition of all marks would leave.
func (w *Writer) downNow() map[netip.Addr]struct{} {
	down := map[netip.Addr]struct{}{}
	w.cur.eachDown(func(a netip.Addr) error { down[a] = struct{}{}; return nil })
	return down
}

func mustPut(t testing.TB, w *Writer, name string, sets ...RRset) bool {
	t.Helper()
	changed, err := w.Put(mustName(t, name), sets)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

// awaitMade returns when no generation is being made: the next change lets it grow.
// Changes without a pause may fill the current one before, and then all moves at once.
func awaitMade(w *Writer) {
	if w.making != nil {
		w.making.done <- <-w.making.done
	}
}

// publish makes what was put visible.
func publish(t testing.TB, w *Writer) {
	t.Helper()
	w.syncing, w.down = true, w.downNow()
	if _, err := w.EndSync(); err != nil {
		t.Fatal(err)
	}
}

// view maps what readers of dir see.
func view(t testing.TB, dir string) (*View, *Slot) {
	t.Helper()
	r := OpenReader(dir)
	slot, err := r.NewSlot()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Refresh(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slot.Leave(); r.Close() })
	return slot.Enter(), slot
}

func lookup(v *View, name []byte) Node {
	n := lowerOf(name)
	return v.Lookup(n, n.Hash(v.Seed()))
}

func TestPutGet(t *testing.T) {
	w := openWriter(t, t.TempDir())
	a := addrs(30, "192.0.2.1", "192.0.2.2")
	aaaa := addrs(60, "2001:db8::1")
	if !mustPut(t, w, "WWW.Example.", aaaa, a) {
		t.Error("a new name is a change")
	}
	if mustPut(t, w, "www.example.", a, aaaa) {
		t.Error("the same records are no change")
	}
	got := w.Get(mustName(t, "www.EXAMPLE."))
	if want := []RRset{a, aaaa}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if !mustPut(t, w, "www.example.") || w.Get(mustName(t, "www.example.")) != nil {
		t.Error("a name without records is removed")
	}
	if s := w.Stats(); s.Names != 0 || w.cur.nodes != 1 {
		t.Errorf("%d names, %d nodes are left; want 0 and the root", s.Names, w.cur.nodes)
	}
}

func TestPutRefuses(t *testing.T) {
	big := RRset{Type: wire.TypeTXT, TTL: 1}
	for range 20 {
		big.Data = append(big.Data, make([]byte, 60000))
	}
	tests := []struct {
		name  string
		owner []byte
		sets  []RRset
		want  error
	}{
		{"no name", nil, nil, ErrName},
		{"name cut short", []byte{3, 'w'}, nil, ErrName},
		{"compression pointer", []byte{0xc0, 0x0c}, nil, ErrName},
		{"A of three octets", []byte{0}, []RRset{{Type: wire.TypeA, Data: [][]byte{{1, 2, 3}}}}, ErrRdata},
		{"two RRsets of one type", []byte{0}, []RRset{addrs(1, "192.0.2.1"), addrs(2, "192.0.2.2")}, ErrTwice},
		{"more than a node holds", []byte{0}, []RRset{big}, ErrTooLarge},
		{"SOA without numbers", []byte{1, 'z', 0}, []RRset{{Type: wire.TypeSOA, Data: [][]byte{{0, 0}}}}, ErrRdata},
	}
	w := openWriter(t, t.TempDir())
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := w.Put(tt.owner, tt.sets)
			if err == nil || !strings.Contains(err.Error(), tt.want.Error()) {
				t.Errorf("error %v, want %v", err, tt.want)
			}
			if w.Stats().Names != 0 {
				t.Error("a refused change left a name")
			}
		})
	}
}

// TestModel does random changes, of zones and cuts too, and compares with a map,
// over growth, reclamation, restarts, and synchronisations that end and do not.
func TestModel(t *testing.T) {
	dir := t.TempDir()
	w := openWriter(t, dir)
	rng := rand.New(rand.NewPCG(1, 2))
	model := map[string][]RRset{}
	random := func() string {
		name := "example."
		for range 1 + rng.IntN(3) {
			name = fmt.Sprintf("l%d.%s", rng.IntN(30), name)
		}
		return name
	}
	change := func() {
		name, s := random(), RRset{Type: wire.TypeA, TTL: 30}
		switch rng.IntN(30) {
		case 0:
			s = soa(t, rng.Uint32N(100), 30)
		case 1:
			s = ns(t, "ns.example.")
		default:
			for i := range 1 + rng.IntN(5) {
				s.Data = append(s.Data, []byte{192, 0, byte(i), byte(rng.Uint32())})
			}
		}
		model[name] = []RRset{s}
		if rng.IntN(3) == 0 {
			delete(model, name)
		}
		mustPut(t, w, name, model[name]...)
	}
	for round := range 20 {
		for range 2000 {
			change()
			if rng.IntN(10) == 0 {
				if _, err := w.Tick(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if round == 5 {
			publish(t, w) // marks of the first synchronisation: all names carry it
		}
		if round > 5 && round%3 == 0 { // one that does not end
			if err := w.BeginSync(0); err != nil {
				t.Fatal(err)
			}
		}
		if round%4 == 3 && round > 5 {
			w.Close()
			var err error
			if w, err = OpenWriter(Options{Dir: dir}); err != nil || w.Discarded != nil {
				t.Fatal(err, w.Discarded)
			}
			t.Cleanup(func() { w.Close() })
		}
		compare(t, w, model)
	}
	resync(t, w, model)
}

// resync puts half of the model and expects that the rest is removed.
func resync(t *testing.T, w *Writer, model map[string][]RRset) {
	t.Helper()
	if err := w.BeginSync(0); err != nil {
		t.Fatal(err)
	}
	gone := 0
	for name, sets := range model {
		if gone++; gone%2 == 0 {
			delete(model, name)
			continue
		}
		if mustPut(t, w, name, sets...) {
			t.Fatalf("%s: the same records changed the snapshot", name)
		}
	}
	if removed, err := w.EndSync(); err != nil || removed != gone/2 {
		t.Fatalf("removed %d, %v; want %d", removed, err, gone/2)
	}
	compare(t, w, model)
}

func compare(t *testing.T, w *Writer, model map[string][]RRset) {
	t.Helper()
	if got := w.Stats().Names; got != len(model) {
		t.Fatalf("%d names, want %d", got, len(model))
	}
	for name, want := range model {
		if got := w.Get(mustName(t, name)); !reflect.DeepEqual(got, want) {
			t.Fatalf("%s: got %v, want %v", name, got, want)
		}
	}
	for more := true; more; {
		var err error
		if more, err = w.Tick(); err != nil {
			t.Fatal(err)
		}
	}
	checkTable(t, w.cur)
}

// checkTable verifies what holds of every table at rest: parents exist and
// count their children, nothing is there in vain, blocks do not overlap.
func checkTable(t testing.TB, tb *table) {
	t.Helper()
	children := map[string]uint32{}
	wild := map[string]bool{}
	nodes := 0
	tb.each(func(n Node, _, _ uint64) bool {
		nodes++
		if parent := wire.Parent(n.Name()); parent != nil {
			children[string(parent)]++
			wild[string(parent)] = wild[string(parent)] || isWildcard(lowerOf(n.Name()))
		}
		return true
	})
	if nodes != tb.nodes {
		t.Errorf("%d nodes reachable, %d counted", nodes, tb.nodes)
	}
	tb.each(func(n Node, _, _ uint64) bool {
		name := string(n.Name())
		got := memory(n).load32(nodeWriterOff) & childMask
		if got != children[name] {
			t.Errorf("%s counts %d children, has %d", wire.NameString(n.Name()), got, children[name])
		}
		if n.Flags()&Wild != 0 != wild[name] {
			t.Errorf("%s: wildcard flag %v", wire.NameString(n.Name()), !wild[name])
		}
		if fill := n[nodeNameOff+len(name) : bodyOff(len(name))]; len(bytes.Trim(fill, "\x00")) > 0 {
			t.Errorf("%s is filled up with % x", wire.NameString(n.Name()), fill)
		}
		if n.Flags()&Empty != 0 && children[name] == 0 && len(name) > 1 {
			t.Errorf("%s is there in vain", wire.NameString(n.Name()))
		}
		delete(children, name)
		return true
	})
	if len(children) > 0 {
		t.Errorf("%d names have no parent", len(children))
	}
	checkZones(t, tb)
	checkBlocks(t, tb)
	checkSpots(t, tb)
}

// checkBlocks verifies that no two blocks overlap, be they in use, given up or
// free, that they lie in pages of the table or in the arena, and are all there is.
func checkBlocks(t testing.TB, tb *table) {
	t.Helper()
	blocks := slices.Clone(tb.alloc.retired)
	add := func(off, size uint64) { blocks = append(blocks, extent{off: off, size: roundUp(size, unit)}) }
	tb.each(func(n Node, _, off uint64) bool {
		add(off, uint64(len(n)))
		return true
	})
	for index := range uint32(tb.zones) {
		if z := tb.Zone(index); z != nil {
			add(tb.mem.load64(tb.zoneEntry(index))&^(unit-1), uint64(len(z)))
		}
	}
	for i, free := range tb.alloc.pages {
		for ; free != 0; free &= free - 1 {
			add(tb.table+uint64(i)*tablePage+uint64(bits.TrailingZeros64(free))*unit, unit)
		}
	}
	for class, list := range tb.alloc.small {
		for _, off := range list {
			add(off, uint64(class)*unit)
		}
	}
	for size, list := range tb.alloc.large {
		for _, off := range list {
			add(off, size)
		}
	}
	slices.SortFunc(blocks, func(a, b extent) int { return cmp.Compare(a.off, b.off) })
	end, sum := tb.table, uint64(0)
	for _, b := range blocks {
		first := b.off % tablePage / unit
		inPage := b.off < tb.addrTable && first >= tableBuckets && b.off%tablePage+b.size <= tablePage
		if b.off < end || !inPage && (b.off < tb.arena || b.off+b.size > tb.alloc.bump) {
			t.Errorf("the block of %d at %#x begins before %#x, or lies where none can", b.size, b.off, end)
		}
		end = b.off + b.size
		sum += b.size
	}
	if want := tb.pages*tableRoom + tb.alloc.bump - tb.arena; sum != want {
		t.Errorf("blocks of %d octets, in use or free, want %d", sum, want)
	}
}

// checkZones verifies that every entry of the zone directory is that of an apex,
// waits for its end, or is free, and that they are counted.
func checkZones(t testing.TB, tb *table) {
	t.Helper()
	what := map[uint32]string{}
	is := func(index uint32, s string) {
		if what[index] != "" {
			t.Errorf("zone %d is %s and %s", index, what[index], s)
		}
		what[index] = s
	}
	apexes := 0
	tb.each(func(n Node, _, _ uint64) bool {
		if n.Flags()&Apex != 0 {
			apexes++
			is(n.Zone(), "in use")
		}
		return true
	})
	for _, z := range tb.zonesGone {
		is(z.index, "gone")
	}
	for _, index := range tb.rezoning.gone {
		is(index, "going")
	}
	for _, index := range tb.zonesFree {
		is(index, "free")
	}
	for index := uint32(1); index < uint32(tb.zones); index++ {
		unused := what[index] == "free" || what[index] == "" && uint64(index) >= tb.zonesTop
		if unused != (tb.mem.load64(tb.zoneEntry(index)) == 0) || what[index] == "" && !unused {
			t.Errorf("zone %d is %q with the entry %#x", index, what[index], tb.mem.load64(tb.zoneEntry(index)))
		}
	}
	if apexes != tb.zonesUsed-1 {
		t.Errorf("%d apexes, %d zones counted", apexes, tb.zonesUsed-1)
	}
}

func TestZones(t *testing.T) {
	dir := t.TempDir()
	w := openWriter(t, dir)
	mustPut(t, w, "example.", soa(t, 3600, 60), ns(t, "ns.example."))
	mustPut(t, w, "a.sub.example.", addrs(1, "192.0.2.1"))
	mustPut(t, w, "deep.cut.example.", ns(t, "ns.elsewhere."))
	mustPut(t, w, "other.", addrs(1, "192.0.2.9"))
	publish(t, w)
	v, _ := view(t, dir)

	a := lookup(v, mustName(t, "a.sub.example."))
	z := v.Zone(a.Zone())
	if string(z.Apex()) != string(mustName(t, "example.")) {
		t.Fatalf("a.sub.example. is in zone %q", z.Apex())
	}
	if ttl := z.NegativeSOA()[4:8]; ttl[3] != 60 || ttl[2] != 0 {
		t.Errorf("negative SOA has TTL %v, want 60", ttl)
	}
	if s := lookup(v, mustName(t, "deep.cut.example.")).Spot(); s.Zone() != a.Zone() || s.Cover() != 4 || !v.Plain(a.Spot()) {
		t.Errorf("the cut is in zone %d, with cover %d, or a name beside it is not plain", s.Zone(), s.Cover())
	}
	if lookup(v, mustName(t, "other.")).Zone() != 0 {
		t.Error("other. is in a zone")
	}
	mustPut(t, w, "sub.example.", soa(t, 30, 600))
	a = lookup(v, mustName(t, "a.sub.example."))
	if z := v.Zone(a.Zone()); string(z.Apex()) != string(mustName(t, "sub.example.")) {
		t.Errorf("a.sub.example. is in zone %q after sub.example. became one", z.Apex())
	}
	checkTable(t, w.cur)
	mustPut(t, w, "sub.example.")
	a = lookup(v, mustName(t, "a.sub.example."))
	if z := v.Zone(a.Zone()); string(z.Apex()) != string(mustName(t, "example.")) {
		t.Errorf("a.sub.example. is in zone %q after sub.example. went", z.Apex())
	}
	checkTable(t, w.cur)
}

func TestHealth(t *testing.T) {
	dir := t.TempDir()
	w := openWriter(t, dir)
	down := netip.MustParseAddr("192.0.2.2")
	if err := w.SetHealth(down, false); err != nil {
		t.Fatal(err)
	}
	mustPut(t, w, "a.", addrs(1, "192.0.2.1", "192.0.2.2"))
	publish(t, w)
	v, _ := view(t, dir)
	state := func() (s []bool) {
		set := lookup(v, mustName(t, "a.")).Find(wire.TypeA, new(Room))
		for _, i := range set.HealthIndexes(set.Count(), AddrSize(wire.TypeA)) {
			s = append(s, v.Up(i))
		}
		return s
	}
	if got := state(); !reflect.DeepEqual(got, []bool{true, false}) {
		t.Errorf("marked before its name: %v", got)
	}
	w.SetHealth(down, true)
	if got := state(); !reflect.DeepEqual(got, []bool{true, true}) {
		t.Errorf("marked UP: %v", got)
	}
	w.SetHealth(down, false)
	w.BeginSync(0)
	mustPut(t, w, "a.", addrs(1, "192.0.2.1", "192.0.2.2"))
	w.EndSync()
	if got := state(); !reflect.DeepEqual(got, []bool{true, true}) {
		t.Errorf("a mark that the synchronisation did not repeat: %v", got)
	}
}

func TestGrowthKeepsHealthAndView(t *testing.T) {
	dir := t.TempDir()
	w := openWriter(t, dir)
	mustPut(t, w, "example.", soa(t, 3600, 60))
	mustPut(t, w, "a.example.", addrs(1, "192.0.2.1", "192.0.2.2"))
	w.SetHealth(netip.MustParseAddr("192.0.2.2"), false)
	publish(t, w)
	r := OpenReader(dir)
	slot, _ := r.NewSlot()
	r.Refresh()
	first := slot.Enter().Generation()
	for i := range 20000 {
		mustPut(t, w, fmt.Sprintf("n%d.example.", i), addrs(1, "192.0.2.7"))
		if _, err := r.Refresh(); err != nil {
			t.Fatal(err)
		}
		v := slot.Enter()
		if n := lookup(v, mustName(t, fmt.Sprintf("n%d.example.", i))); n == nil {
			t.Fatalf("n%d is not there at once", i)
		}
		set := lookup(v, mustName(t, "a.example.")).Find(wire.TypeA, new(Room))
		if index := set.HealthIndexes(2, AddrSize(wire.TypeA)); !v.Up(index[0]) || v.Up(index[1]) {
			t.Fatalf("after %d names health is %v %v", i, v.Up(index[0]), v.Up(index[1]))
		}
		w.Tick()
	}
	if now := slot.Enter().Generation(); now <= first {
		t.Error("no generation followed")
	}
	slot.Leave()
	r.Close()
}

// TestOneNameNeedsMoreThanAGrowthGives verifies that a change for which the
// usual growth makes too little room ends, and is there.
func TestOneNameNeedsMoreThanAGrowthGives(t *testing.T) {
	dir := t.TempDir()
	w := openWriter(t, dir)
	many := RRset{Type: wire.TypeA, TTL: 1}
	for i := range 4000 {
		many.Data = append(many.Data, []byte{10, 0, byte(i >> 8), byte(i)})
	}
	text := RRset{Type: wire.TypeTXT, TTL: 1}
	for range 15 {
		text.Data = append(text.Data, make([]byte, 60000))
	}
	mustPut(t, w, "addresses.example.", many)
	mustPut(t, w, "text.example.", text)
	publish(t, w)
	v, _ := view(t, dir)
	if n := lookup(v, mustName(t, "addresses.example.")); n == nil || n.Find(wire.TypeA, new(Room)).Count() != 4000 {
		t.Error("the addresses are not all there")
	}
	if n := lookup(v, mustName(t, "text.example.")); n == nil || n.Find(wire.TypeTXT, new(Room)).Count() != 15 {
		t.Error("the text is not all there")
	}
}

// TestFailedSyncKeepsMarks verifies that a synchronisation that begins again
// after one that did not end removes what neither has put.
func TestFailedSyncKeepsMarks(t *testing.T) {
	w := openWriter(t, t.TempDir())
	mustPut(t, w, "stale.example.", addrs(1, "192.0.2.1"))
	publish(t, w)
	for range 2 {
		if err := w.BeginSync(0); err != nil {
			t.Fatal(err)
		}
	}
	if removed, err := w.EndSync(); removed != 1 || err != nil {
		t.Errorf("removed %d, %v; want the stale name", removed, err)
	}
}

// TestNoRoomToGrowIsNoFailedChange verifies that a change that fits succeeds
// though there is no room for the generation that should follow.
func TestNoRoomToGrowIsNoFailedChange(t *testing.T) {
	dir := t.TempDir()
	w := openWriter(t, dir)
	w.dir = dir + "/gone" // where no generation can be made
	told := false
	for i := 0; !told; i++ {
		if changed, err := w.Put(mustName(t, fmt.Sprintf("n%d.example.", i)), []RRset{addrs(1, "192.0.2.1")}); !changed || err != nil {
			t.Fatalf("name %d: %v, %v before Tick has told", i, changed, err)
		}
		if w.making != nil { // let it end
			m := <-w.making.done
			w.making.done <- m
		}
		_, err := w.Tick()
		told = err != nil
	}
	w.dir = dir
}
