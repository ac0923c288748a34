package wire

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
)

// scanInput is a message whose name has n octets, with noise behind it.
func scanInput(n int) []byte {
	m := make([]byte, HeaderLen+n, 600)
	for i := range m[HeaderLen:] {
		m[HeaderLen+i] = "abcdefghijklmnopqrstuvwxyz-0123456789\x3f"[rand.IntN(38)]
	}
	m[len(m)-1] = 0
	behind := m[len(m):cap(m)]
	for i := range behind {
		behind[i] = byte(rand.Uint32())
	}
	return m
}

// TestScansIsScan verifies that Scans gives for each name of a batch what Scan
// gives: lengths around every limit, letters of upper case before, at and
// behind the end, and messages in little memory.
func TestScansIsScan(t *testing.T) {
	const batch = 64
	for round := range 2000 {
		var msgs [][]byte
		for i := range batch {
			m := scanInput(1 + (round+i)%70)
			if rand.IntN(3) == 0 {
				m[:cap(m)][HeaderLen+rand.IntN(72)] = "AZ@_[`a{\x80\xc1\xe1\x00"[rand.IntN(12)]
			}
			if rand.IntN(8) == 0 {
				m = m[: min(len(m), 60) : 60+rand.IntN(32)]
			}
			msgs = append(msgs, m)
		}
		var got, want [batch]uint8
		var gotHash, wantHash [batch]uint64
		Scans(msgs, uint64(round), got[:], gotHash[:])
		scansGo(msgs, uint64(round), want[:], wantHash[:])
		for i := range msgs {
			if got[i] != want[i] || got[i] != 0 && gotHash[i] != wantHash[i] {
				t.Fatalf("% x: %d octets, hash %x; Scan says %d, %x", msgs[i][HeaderLen:cap(msgs[i])], got[i], gotHash[i], want[i], wantHash[i])
			}
			if name := msgs[i][HeaderLen:]; got[i] != 0 && int(got[i]) <= len(name) &&
				gotHash[i] != hashOf(bytes.Clone(name[:got[i]]), uint64(round)) {
				t.Fatalf("%q: hash %x is not Set's", name, gotHash[i])
			}
		}
	}
}

// BenchmarkScans compares a batch in one call with a call for each name.
func BenchmarkScans(b *testing.B) {
	const batch = 64
	for _, most := range []int{1, 32} {
		var msgs [][]byte
		for range batch {
			msgs = append(msgs, scanInput(40+rand.IntN(most)-most/2))
		}
		var length [batch]uint8
		var hash [batch]uint64
		b.Run(fmt.Sprintf("lengths=%d/batch", most), func(b *testing.B) {
			for n := 0; n < b.N; n += batch {
				Scans(msgs, 1, length[:], hash[:])
			}
		})
		b.Run(fmt.Sprintf("lengths=%d/each", most), func(b *testing.B) {
			for n := 0; n < b.N; n += batch {
				scansGo(msgs, 1, length[:], hash[:])
			}
		})
	}
}
