package snapshot

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// hostileNames are asked for in damaged snapshots.
var hostileNames = []string{"example.", "a.example.", "b.example.", "*.example.", "cut.example.", "none.example.", "."}

// hostileSOA makes a zone of a name in a damaged snapshot.
var hostileSOA = RRset{Type: wire.TypeSOA, TTL: 60, Data: [][]byte{make([]byte, 22)}}

// FuzzHostileBytes changes octets of a small snapshot at will, opens it and
// uses everything that a reader and a resuming writer use. The input is a
// list of changes: an offset of four octets and a word of eight.
func FuzzHostileBytes(f *testing.F) {
	whole := hostileSeed(f)
	f.Add([]byte{})
	for off := uint32(0); off < genDepthOff; off += 8 {
		f.Add(binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint32(nil, off), 1<<40))
	}
	f.Fuzz(func(t *testing.T, changes []byte) {
		m := wordsToBytes(make([]uint64, len(whole)/8))
		copy(m, whole)
		for ; len(changes) >= 12; changes = changes[12:] {
			off := uint64(binary.LittleEndian.Uint32(changes)) % uint64(len(m)) &^ 7
			m.store64(off, binary.LittleEndian.Uint64(changes[4:]))
		}
		if len(changes) > 0 { // a rest asks for a header that checks out again
			g := parseGeometry(m)
			m.store64(genChecksumOff, g.checksum())
		}
		v, err := newView(m)
		if err != nil {
			return
		}
		readEverything(t, v)
		resumeAndChange(m)
	})
}

// hostileSeed is a generation that has a bit of everything.
func hostileSeed(f *testing.F) memory {
	e := &epochs{root: wordsToBytes(make([]uint64, rootSize/8)), readers: wordsToBytes(make([]uint64, readersSize/8))}
	if err := adoptRoot(e.root, e.readers); err != nil {
		f.Fatal(err)
	}
	g := plan(1, 7, 100, 8192, 64, 8, 64)
	tb := newTable(wordsToBytes(make([]uint64, g.size/8)), g, e)
	if err := tb.ensureRoot(); err != nil {
		f.Fatal(err)
	}
	w := &Writer{epochs: e, cur: tb}
	mustPut(f, w, "example.", soa(f, 60, 30), ns(f, "ns.example."))
	mustPut(f, w, "a.example.", addrs(1, "192.0.2.1", "192.0.2.2"), addrs(1, "2001:db8::1", "2001:db8::2"))
	mustPut(f, w, "b.example.", addrs(1, "192.0.2.1"))
	mustPut(f, w, "*.example.", RRset{Type: wire.TypeTXT, Data: [][]byte{{1, 'x'}}})
	mustPut(f, w, "cut.example.", ns(f, "ns.cut.example."))
	return tb.mem
}

func readEverything(t *testing.T, v *View) {
	for _, s := range hostileNames {
		name := mustName(t, s)
		lower := lowerOf(name)
		hash := []uint64{lower.Hash(v.Seed())}
		off := make([]uint64, 1)
		v.Homes(hash, off)
		v.Candidates(hash, off)
		v.AtLower(off[0], append(name, make([]byte, 16)...), len(name))
		n := v.At(off[0], lower, hash[0])
		if n == nil {
			continue
		}
		readNode(v, n)
	}
}

func readNode(v *View, n Node) {
	n.Name()
	n.Flags()
	v.Plain(n.Spot())
	v.Settled(n.Zone())
	if z := v.Zone(n.Zone()); z != nil {
		z.Apex()
		z.NegativeSOA()
	}
	for set, rest := n.Sets(new(Room)).Next(); set != nil; set, rest = rest.Next() {
		records := set.Records()
		for range set.Count() {
			if _, records = NextRecord(records); records == nil {
				break
			}
		}
		if size := AddrSize(set.Type()); size != 0 {
			for _, i := range set.HealthIndexes(set.Count(), size) {
				v.Up(i)
			}
		}
	}
	decodeSets(n)
}

// resumeAndChange does what a writer does that finds the file.
func resumeAndChange(m memory) {
	e := &epochs{root: wordsToBytes(make([]uint64, rootSize/8)), readers: wordsToBytes(make([]uint64, readersSize/8))}
	if adoptRoot(e.root, e.readers) != nil {
		return
	}
	tb, err := recoverTable(m, e)
	if err != nil {
		return
	}
	for _, s := range hostileNames {
		name, _ := wire.ParseName(s)
		body, flags, err := appendSets(nil, []RRset{addrs(1, "192.0.2.7", "192.0.2.8")})
		if err != nil {
			return
		}
		tb.put(lowerOf(name), flags, body)
		tb.remove(lowerOf(name))
	}
	growAndSync(tb, e)
}

// growAndSync moves everything into a larger generation, lets an apex come and
// go there, and ends a synchronisation that put one name.
func growAndSync(tb *table, e *epochs) {
	g := plan(2, 9, 200, 1<<16, 256, 32, 64)
	next := newTable(wordsToBytes(make([]uint64, g.size/8)), g, e)
	if next.ensureRoot() != nil {
		return
	}
	w := &Writer{dir: "/nowhere", page: 64, epochs: e, cur: tb, room: 1, published: true, growAfter: time.Now().Add(time.Hour)}
	if w.BeginSync(0) != nil {
		return
	}
	w.growInto(next)
	if w.move(tb.buckets) != nil {
		return
	}
	w.move(tb.addrs / downOfBucket)
	next.rezone(next.buckets)
	w.switchOver()
	for _, s := range hostileNames {
		name, _ := wire.ParseName(s)
		if _, err := w.Put(name, []RRset{hostileSOA}); err != nil {
			return
		}
		if _, err := w.Put(name, []RRset{addrs(1, "192.0.2.7", "192.0.2.8")}); err != nil {
			return
		}
	}
	w.EndSync()
	w.Tick()
}
