package zone

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"

	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// Origin is the zone that holds all names.
const Origin = "skydns.local."

// TTL of every record, in seconds.
const TTL = 30

// Name is the i-th name: 41 octets in wire form.
func Name(i int) string {
	return fmt.Sprintf("app-%08d.space-%03d.svc.%s", i, i%1000, Origin)
}

// Address is the address of the i-th name.
func Address(i int) netip.Addr {
	var a [4]byte
	binary.BigEndian.PutUint32(a[:], 10<<24|uint32(i)&0xffffff)
	return netip.AddrFrom4(a)
}

// SOA is the zone's SOA record.
func SOA() snapshot.RRset {
	data := append(wireName("ns."+Origin), wireName("hostmaster."+Origin)...)
	for _, n := range []uint32{1, 3600, 600, 86400, TTL} {
		data = binary.BigEndian.AppendUint32(data, n)
	}
	return snapshot.RRset{Type: wire.TypeSOA, TTL: TTL, Data: [][]byte{data}}
}

// Draw draws count numbers below n at random, no number twice; all of them if
// there are not so many. Each run draws the same.
func Draw(n, count int) []int {
	random := rand.New(rand.NewPCG(1, 2))
	if count >= n {
		return random.Perm(n)
	}
	seen := make(map[int]bool, count)
	drawn := make([]int, 0, count)
	for len(drawn) < count {
		if i := random.IntN(n); !seen[i] {
			seen[i] = true
			drawn = append(drawn, i)
		}
	}
	return drawn
}

// Query is a query for the records of a type at a name, without EDNS.
func Query(id uint16, name string, qtype uint16) []byte {
	q := binary.BigEndian.AppendUint16(nil, id)
	q = append(q, wire.FlagRD>>8, 0, 0, 1, 0, 0, 0, 0, 0, 0)
	q = append(q, wireName(name)...)
	q = binary.BigEndian.AppendUint16(q, qtype)
	return binary.BigEndian.AppendUint16(q, wire.ClassIN)
}

// wireName is a name that is known to be right.
func wireName(s string) []byte {
	name, err := wire.ParseName(s)
	if err != nil {
		panic(err)
	}
	return name
}
