package wire

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"
)

const scanBatch = 64

// questionFor is a message of the usual shape whose name has n octets, with
// noise behind it.
func questionFor(n int) []byte {
	m := make([]byte, HeaderLen+n, 600)
	binary.BigEndian.PutUint64(m[2:], FlagRD<<48|1<<32)
	for i := range m[HeaderLen:] {
		m[HeaderLen+i] = "abcdefghijklmnopqrstuvwxyz-0123456789\x3f"[rand.IntN(38)]
	}
	m[len(m)-1] = 0
	m = append(m, 0, byte(1+rand.IntN(40)), 0, ClassIN)
	behind := m[len(m):cap(m)]
	for i := range behind {
		behind[i] = byte(rand.Uint32())
	}
	return m
}

// TestQuestionsTakesUsual verifies that usual queries are read, up to the
// longest name that it knows.
func TestQuestionsTakesUsual(t *testing.T) {
	var length [1]uint8
	var qtype [1]uint16
	var hash [1]uint64
	for n := 1; n <= 70; n++ {
		m := questionFor(n)
		Questions([][]byte{m}, 7, length[:], qtype[:], hash[:])
		name := m[HeaderLen:][:n]
		if want := n <= scanned; want != (length[0] != 0) {
			t.Errorf("name of %d octets: %d", n, length[0])
		} else if want && (int(length[0]) != n || hash[0] != hashOf(name, 7) || qtype[0] != binary.BigEndian.Uint16(m[HeaderLen+n:])) {
			t.Errorf("name of %d octets: length %d, type %d, hash %x", n, length[0], qtype[0], hash[0])
		}
	}
}

// TestQuestionsAgree verifies that both ways read the same out of messages
// that are nearly usual: other octets anywhere, more or fewer of them, letters
// of upper case before, at and behind the name's end, little memory.
func TestQuestionsAgree(t *testing.T) {
	for round := range 3000 {
		var msgs [][]byte
		for i := range scanBatch {
			m := questionFor(1 + (round+i)%70)
			switch rand.IntN(4) {
			case 0:
				m[:cap(m)][HeaderLen+rand.IntN(72)] = "AZ@_[`a{\x80\xc1\xe1\x00"[rand.IntN(12)]
			case 1:
				m[rand.IntN(len(m))] = 1 << rand.IntN(8)
			case 2:
				m = m[:rand.IntN(110)]
				m = m[: len(m) : len(m)+rand.IntN(60)]
			}
			msgs = append(msgs, m)
		}
		checkAgree(t, msgs, uint64(round))
	}
}

func checkAgree(t *testing.T, msgs [][]byte, seed uint64) {
	t.Helper()
	var got, want struct {
		length [scanBatch]uint8
		qtype  [scanBatch]uint16
		hash   [scanBatch]uint64
	}
	Questions(msgs, seed, got.length[:], got.qtype[:], got.hash[:])
	questionsGo(msgs, seed, want.length[:], want.qtype[:], want.hash[:])
	for i := range msgs {
		if got.length[i] != want.length[i] || got.length[i] != 0 && (got.hash[i] != want.hash[i] || got.qtype[i] != want.qtype[i]) {
			t.Fatalf("% x of %d: length %d, type %d, hash %x; in Go %d, %d, %x", msgs[i], cap(msgs[i]),
				got.length[i], got.qtype[i], got.hash[i], want.length[i], want.qtype[i], want.hash[i])
		}
	}
}

// FuzzQuestions verifies the same of any octets.
func FuzzQuestions(f *testing.F) {
	f.Add(questionFor(30), uint64(1))
	f.Add([]byte{0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, '_', 0, 0, 1, 0, 1}, uint64(2))
	f.Fuzz(func(t *testing.T, m []byte, seed uint64) {
		checkAgree(t, [][]byte{append(make([]byte, 0, len(m)+100), m...)}, seed)
	})
}

// BenchmarkQuestions compares both ways, for names of one length and of many.
func BenchmarkQuestions(b *testing.B) {
	var length [scanBatch]uint8
	var qtype [scanBatch]uint16
	var hash [scanBatch]uint64
	for _, lengths := range []int{1, 32} {
		var msgs [][]byte
		for range scanBatch {
			msgs = append(msgs, questionFor(40+rand.IntN(lengths)-lengths/2))
		}
		for name, read := range map[string]func([][]byte, uint64, []uint8, []uint16, []uint64){"Questions": Questions, "Go": questionsGo} {
			b.Run(fmt.Sprintf("lengths=%d/%s", lengths, name), func(b *testing.B) {
				for n := 0; n < b.N; n += scanBatch {
					read(msgs, 1, length[:], qtype[:], hash[:])
				}
			})
		}
	}
}
