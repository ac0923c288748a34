package snapshot

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// guarded is a view of a copy of v between two pages that must not be touched.
func guarded(tb testing.TB, v *View) *View {
	tb.Helper()
	page := os.Getpagesize()
	all, err := unix.Mmap(-1, 0, len(v.mem)+2*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = unix.Munmap(all) })
	end := page + len(v.mem)
	copy(all[page:], v.mem)
	for _, edge := range [][]byte{all[:page], all[end:]} {
		if err := unix.Mprotect(edge, unix.PROT_NONE); err != nil {
			tb.Fatal(err)
		}
	}
	g, err := newView(memory(all[page:end:end]))
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

// TestOneAddressesAtTheEnd verifies that of nodes at the very end of a mapping,
// and of candidates behind it, nothing outside is read.
func TestOneAddressesAtTheEnd(t *testing.T) {
	whole, plain, _ := oneAddressView(t)
	v := guarded(t, whole)
	a := ask(t, v, plain)
	nodes := a.look(v.OneAddresses).off
	for i, node := range nodes {
		slot := slotOf(t, v, a.hash[i], node)
		pointed := v.mem.load64(slot)
		for left := -4096; left <= 256; left += 8 {
			off := len(v.mem) - left
			v.mem.store64(slot, pointed&^slotOffMask|uint64(off)>>3)
			if left > 0 {
				copy(v.mem[off:], v.mem[node:])
			}
			got, want := a.look(v.OneAddresses), a.look(v.oneAddressesGo)
			if record := got.record[i]; record != want.record[i] && (record != "" || left >= 88) {
				t.Fatalf("%s, %d octets from the end: record % x, in Go % x", a.names[i], left, record, want.record[i])
			}
		}
		v.mem.store64(slot, pointed)
	}
}

// TestOneAddressesOfNoNode verifies that neither a node that says to end before
// its record counts, nor one in the header.
func TestOneAddressesOfNoNode(t *testing.T) {
	whole, plain, _ := oneAddressView(t)
	v := guarded(t, whole)
	a := ask(t, v, plain)
	nodes := a.look(v.OneAddresses).off
	for i, node := range nodes {
		meta := v.mem.load32(node)
		length := uint64(len(v.mem.node(node)))
		v.mem.store32(node, meta-1<<nodeLenShift)
		if record := a.look(v.OneAddresses).record[i]; record != "" {
			t.Errorf("%s, shorter by 8 octets: record % x", a.names[i], record)
		}
		v.mem.store32(node, meta)
		slot := slotOf(t, v, a.hash[i], node)
		pointed := v.mem.load64(slot)
		const inHeader = 1024
		copy(v.mem[inHeader:genHeaderSize], v.mem[node:node+length])
		v.mem.store64(slot, pointed&^slotOffMask|inHeader>>3)
		if record := a.look(v.OneAddresses).record[i]; record != "" {
			t.Errorf("%s in the header: record % x", a.names[i], record)
		}
		v.mem.store64(slot, pointed)
	}
}
