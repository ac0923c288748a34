package snapshot

import (
	"errors"
	"fmt"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// Version of the format that this package reads and writes. FORMAT.md
// describes it.
const Version = 4

const (
	rootMagic   = 0x31544f4f52594b53 // "SKYROOT1"
	genMagic    = 0x31304e4547594b53 // "SKYGEN01"
	readerMagic = 0x3144414552594b53 // "SKYREAD1"
)

// Words of the root file.
const (
	rootMagicOff      = 0
	rootVersionOff    = 8
	rootGenerationOff = 64 // the generation that readers use
	rootEpochOff      = 72 // rises with each change that gives memory up
	rootNextOff       = 80 // a generation that will follow soon; 0 if none
	rootLastOff       = 88 // the last number given to a generation: none is used twice
	rootSize          = 4096
)

// Words of a generation file's header.
const (
	genMagicOff     = 0
	genVersionOff   = 8
	genNumberOff    = 16
	genSizeOff      = 24
	genSeedOff      = 32
	genBucketsOff   = 40
	genTableOff     = 48
	genAddrsOff     = 56 // capacity of the address directory
	genAddrTableOff = 64
	genHealthOff    = 72
	genZonesOff     = 80 // capacity of the zone directory
	genZoneTableOff = 88
	genArenaOff     = 96
	genChecksumOff  = 104 // over the words before it
	genDepthOff     = 128 // most labels of a stored name; the only word here that changes
	genHeaderSize   = 4096
)

const (
	bucketSize  = 64 // one cache line
	bucketSlots = bucketSize / 8
	maxProbe    = 32 // buckets that a name may lie behind its home bucket

	// The table is pages of buckets and room for nodes. A node that lies in the page
	// of its bucket costs no second page of address translation, and with a name of
	// the usual length one cache line (bench/dpdk, a million names: a twelfth of the
	// whole poll loop). At half of the slots in use, which is what is planned for,
	// 48 of the 52 lines of nodes are.
	tablePage    = 4096
	tableBuckets = 12
	tableSlots   = tableBuckets * bucketSlots
	tableRoom    = tablePage - tableBuckets*bucketSize // for nodes

	// A slot is a tag of the hash in the high 24 bits and, in the low 40, the
	// offset of the node in units of 8 octets.
	slotOffBits = 40
	slotOffMask = 1<<slotOffBits - 1
	slotEmpty   = 0
	slotDead    = 1 // a removed name in a bucket that has been full

	addrSize = 16 // address directory entry: the address, IPv4 as ::ffff:a.b.c.d
	zoneRoom = 8  // zone directory entry: the offset of the zone's block

	// zoneUnsettled is the bit of that entry which says that names may not know
	// that they are in the zone, that they are not, or what covers them.
	zoneUnsettled = 1

	// MaxNode is the most octets that one name may take in the snapshot with
	// all its records.
	MaxNode = 1 << 20
)

// Why a file is not used.
var (
	ErrNotSnapshot = errors.New("not a snapshot file")
	ErrVersion     = errors.New("a snapshot of another version")
	ErrDamaged     = errors.New("damaged")
)

// ErrNotMade says that a new generation could not be made, for lack of room or
// because of what is wrong with the directory. The one in use is not damaged.
var ErrNotMade = errors.New("a new generation cannot be made")

// geometry is where the parts of a generation file lie. All are in octets
// from the file's start but the capacities.
type geometry struct {
	number, size, seed uint64
	buckets, table     uint64
	pages              uint64
	addrs, addrTable   uint64
	health             uint64
	zones, zoneTable   uint64
	arena              uint64
	addrMask           uint64
}

// plan lays out a generation for names names in nodes octets of blocks. It counts
// on blocks to find room in their page until three quarters of all that are in use,
// and on three eighths of the blocks to find none however much there is: more than
// chance puts into full pages before crowded has the next generation made.
func plan(number, seed, names, nodes, addrs, zones, page uint64) geometry {
	g := geometry{number: number, seed: seed}
	g.pages = max(6, roundUp(names*2, tableSlots)/tableSlots)
	g.buckets = g.pages * tableBuckets
	arena := max(nodes*3/8, nodes-min(nodes, g.pages*tableRoom*3/4))
	g.addrs = 64
	for g.addrs < addrs {
		g.addrs *= 2
	}
	g.zones = min(zones, maxZones)
	g.table = genHeaderSize
	g.addrTable = g.table + g.pages*tablePage
	g.health = g.addrTable + g.addrs*addrSize
	g.zoneTable = roundUp(g.health+g.addrs*4, 8)
	g.arena = roundUp(g.zoneTable+g.zones*zoneRoom, 64)
	g.size = roundUp(g.arena+roundUp(arena, unit), page)
	g.addrMask = g.addrs - 1
	return g
}

func roundUp(n, unit uint64) uint64 { return (n + unit - 1) / unit * unit }

func (g *geometry) words() [12]uint64 {
	return [...]uint64{g.number, g.size, g.seed, g.buckets, g.table, g.addrs, g.addrTable,
		g.health, g.zones, g.zoneTable, g.arena, Version}
}

// checksum starts from the hash of a fixed name: a table filled by another hash
// function does not check out.
func (g *geometry) checksum() uint64 {
	words := g.words()
	sum := new(wire.LowerName).Set([]byte("\x06skydns\x07example\x00"), genMagic)
	for _, w := range words {
		sum = (sum ^ w) * 0x9e3779b97f4a7c15
		sum ^= sum >> 29
	}
	return sum
}

// write puts the header of a generation into m.
func (g *geometry) write(m memory) {
	for i, off := range geometryOffs {
		m.store64(off, g.words()[i])
	}
	m.store64(genVersionOff, Version)
	m.store64(genChecksumOff, g.checksum())
	m.store64(genMagicOff, genMagic)
}

var geometryOffs = [...]uint64{genNumberOff, genSizeOff, genSeedOff, genBucketsOff, genTableOff,
	genAddrsOff, genAddrTableOff, genHealthOff, genZonesOff, genZoneTableOff, genArenaOff}

// readGeometry reads and checks the header of a generation. Every part that
// it describes lies inside m.
func readGeometry(m memory) (geometry, error) {
	if len(m) < genHeaderSize || m.load64(genMagicOff) != genMagic {
		return geometry{}, ErrNotSnapshot
	}
	if v := m.load64(genVersionOff); v != Version {
		return geometry{}, fmt.Errorf("%w: %d, want %d", ErrVersion, v, Version)
	}
	g := parseGeometry(m)
	if m.load64(genChecksumOff) != g.checksum() {
		return geometry{}, fmt.Errorf("%w: header checksum", ErrDamaged)
	}
	if g.size != uint64(len(m)) || !g.fits() {
		return geometry{}, fmt.Errorf("%w: header and file size do not agree", ErrDamaged)
	}
	return g, nil
}

// parseGeometry reads the words of a header as they are.
func parseGeometry(m memory) geometry {
	var g geometry
	for i, p := range []*uint64{&g.number, &g.size, &g.seed, &g.buckets, &g.table, &g.addrs,
		&g.addrTable, &g.health, &g.zones, &g.zoneTable, &g.arena} {
		*p = m.load64(geometryOffs[i])
	}
	g.addrMask = g.addrs - 1
	g.pages = g.buckets / tableBuckets
	return g
}

// fits reports whether the parts follow each other inside the file.
func (g *geometry) fits() bool {
	within := func(off, n, unit, end uint64) bool {
		return off%8 == 0 && off <= end && n <= (end-off)/unit
	}
	return g.buckets > 0 && g.buckets%tableBuckets == 0 && g.zones <= maxZones &&
		g.addrs > 0 && g.addrs&g.addrMask == 0 &&
		g.table >= genHeaderSize && g.table%tablePage == 0 &&
		within(g.table, g.pages, tablePage, g.addrTable) &&
		g.addrTable == g.table+g.pages*tablePage &&
		within(g.addrTable, g.addrs, addrSize, g.health) &&
		within(g.health, g.addrs, 4, g.zoneTable) &&
		within(g.zoneTable, g.zones, zoneRoom, g.arena) &&
		g.arena%unit == 0 && g.size%unit == 0 && g.arena <= g.size
}
