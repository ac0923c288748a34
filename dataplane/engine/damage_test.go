package engine

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/miekg/dns"
)

// FuzzDamagedSnapshot changes octets of a snapshot while it is mapped, and
// asks for all that is in it: there is a reply to each query, no larger than
// allowed, whatever it says. The input is a list of changes: an offset of four
// octets and a word of eight.
func FuzzDamagedSnapshot(f *testing.F) {
	l := newLab(f, Config{Full: true})
	l.load(big(60))
	file, whole := generationFile(f, l)
	const first = 4096 // the header is checked when a generation is opened, and not read again
	for _, off := range []uint32{0, 4, 8, 16, 64, 72, 200} {
		f.Add(binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint32(nil, off), 0xffff_ffff_ffff))
	}
	queries := damageQueries(f)
	f.Fuzz(func(t *testing.T, changes []byte) {
		damaged := append([]byte{}, whole...)
		for ; len(changes) >= 12; changes = changes[12:] {
			off := first + int(binary.LittleEndian.Uint32(changes)%uint32(len(whole)-first-8))
			copy(damaged[off:], changes[4:12])
		}
		if _, err := file.WriteAt(damaged[first:], int64(first)); err != nil {
			t.Fatal(err)
		}
		for _, q := range queries {
			raw := l.ask(q, 4096)
			if len(raw) < len(q) || len(raw) > plainLimit || !bytes.Equal(raw[:2], q[:2]) {
				t.Fatalf("reply %x to %x", raw, q)
			}
		}
	})
}

// generationFile opens the one generation of the lab's snapshot.
func generationFile(f *testing.F, l *lab) (*os.File, []byte) {
	f.Helper()
	names, err := filepath.Glob(filepath.Join(l.dir, "generation-*"))
	if err != nil || len(names) != 1 {
		f.Fatal(names, err)
	}
	whole, err := os.ReadFile(names[0])
	if err != nil {
		f.Fatal(err)
	}
	file, err := os.OpenFile(names[0], os.O_RDWR, 0)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { file.Close() })
	return file, whole
}

// damageQueries ask for each kind of answer.
func damageQueries(f *testing.F) [][]byte {
	var queries [][]byte
	for _, name := range []string{"www", "two", "big", "chain1", "loop1", "x.wild", "y.sub", "none", "a.dname", "b.c", "x.inner"} {
		for _, qtype := range []uint16{dns.TypeA, dns.TypeAAAA, dns.TypeTXT} {
			queries = append(queries, packed(f, func(m *dns.Msg) {
				m.Question[0] = dns.Question{Name: name + ".example.", Qtype: qtype, Qclass: 1}
			}))
		}
	}
	return queries
}
