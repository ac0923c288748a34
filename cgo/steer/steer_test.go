package steer

import (
	"bytes"
	"crypto/sha256"
	"debug/elf"
	"fmt"
	"net/netip"
	"os"
	"testing"
)

// TestWrite verifies that the program's file holds the addresses and the port,
// and is else as it was built.
func TestWrite(t *testing.T) {
	path, err := Write([]netip.Addr{netip.MustParseAddr("192.0.2.53"), netip.MustParseAddr("2001:db8::53"), netip.MustParseAddr("198.51.100.1")}, 53)
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(path)
	program, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := elf.NewFile(bytes.NewReader(program))
	if err != nil {
		t.Fatal(err)
	}
	at, err := oursIn(file)
	if err != nil {
		t.Fatal(err)
	}
	want := make([]byte, offV6+16*Most)
	copy(want, []byte{0, 53, 2, 0, 1, 0, 0, 0, 192, 0, 2, 53, 198, 51, 100, 1})
	copy(want[offV6:], netip.MustParseAddr("2001:db8::53").AsSlice())
	if got := program[at:][:len(want)]; !bytes.Equal(got, want) {
		t.Errorf("ours is %x, want %x", got, want)
	}
	clear(program[at:][:len(want)])
	if !bytes.Equal(program, object) {
		t.Error("something else changed, or the program was built with addresses")
	}
}

// TestObjectIsOfSource verifies that the program was built from the source
// beside it.
func TestObjectIsOfSource(t *testing.T) {
	source, err := os.ReadFile("bpf/steer.c")
	if err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile("steer.sum")
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("%x  bpf/steer.c\n", sha256.Sum256(source)); string(sum) != want {
		t.Errorf("steer.o is of a source with sum %q, want %q: make steer", sum, want)
	}
}

// TestFillRefuses verifies that no address is left out without a word.
func TestFillRefuses(t *testing.T) {
	many := make([]netip.Addr, Most+1)
	for i := range many {
		many[i] = netip.AddrFrom4([4]byte{192, 0, 2, byte(i)})
	}
	if _, err := fill(many, 53); err == nil {
		t.Error("more addresses than the program takes were accepted")
	}
	if _, err := fill(many[:Most], 53); err != nil {
		t.Error(err)
	}
}
