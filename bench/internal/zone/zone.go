package zone

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"os"

	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// Origin is the zone that holds all names.
const Origin = "skydns.local."

// Server is the zone's name server.
const Server = "ns." + Origin

var serverAddress = [4]byte{192, 0, 2, 53}

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

// timers are the numbers of the SOA record: serial, refresh, retry, expire,
// minimum.
var timers = [5]uint32{1, 3600, 600, 86400, TTL}

// SOA is an RRset that makes its owner a zone.
func SOA() snapshot.RRset {
	data := append(wireName(Server), wireName("hostmaster."+Origin)...)
	for _, n := range timers {
		data = binary.BigEndian.AppendUint32(data, n)
	}
	return snapshot.RRset{Type: wire.TypeSOA, TTL: TTL, Data: [][]byte{data}}
}

// NS is an RRset of these name servers.
func NS(servers ...string) snapshot.RRset {
	set := snapshot.RRset{Type: wire.TypeNS, TTL: TTL}
	for _, s := range servers {
		set.Data = append(set.Data, wireName(s))
	}
	return set
}

// WriteText writes the zone with n names as a master file (RFC 1035 section 5).
func WriteText(w io.Writer, n int) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "%s %d IN SOA %s hostmaster.%s", Origin, TTL, Server, Origin)
	for _, t := range timers {
		fmt.Fprintf(b, " %d", t)
	}
	fmt.Fprintf(b, "\n%s %d IN NS %s\n%s %d IN A %s\n", Origin, TTL, Server, Server, TTL, netip.AddrFrom4(serverAddress))
	for i := range n {
		fmt.Fprintf(b, "%s %d IN A %s\n", Name(i), TTL, Address(i))
	}
	return b.Flush()
}

// WriteQueries writes a file of queries for the addresses of names drawn from n,
// as queryperf, dnsperf and kxdpgun read it.
func WriteQueries(path string, n, count int) error {
	var lines []byte
	for _, i := range Draw(n, count) {
		lines = append(lines, Name(i)+" A\n"...)
	}
	return os.WriteFile(path, lines, 0o644)
}

// WriteFile writes the zone with n names as a master file.
func WriteFile(path string, n int) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(WriteText(file, n), file.Close())
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

// WithOPT is a query with an OPT record that holds one option, of data; none
// if there is no data.
func WithOPT(query []byte, option uint16, data []byte) []byte {
	q := append([]byte{}, query...)
	q[11] = 1
	var b [wire.OPTLen]byte
	if len(data) == 0 {
		wire.PutOPT(b[:], 1232, 0, false, 0)
		return append(q, b[:]...)
	}
	wire.PutOPT(b[:], 1232, 0, false, uint16(4+len(data)))
	q = append(q, b[:]...)
	q = binary.BigEndian.AppendUint16(q, option)
	q = binary.BigEndian.AppendUint16(q, uint16(len(data)))
	return append(q, data...)
}

// wireName is a name that is known to be right.
func wireName(s string) []byte {
	name, err := wire.ParseName(s)
	if err != nil {
		panic(err)
	}
	return name
}
