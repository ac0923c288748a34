// Package steer is an XDP program that leaves an interface to the kernel but
// for the queries: it redirects UDP to our addresses and port to DPDK's AF_XDP
// device, by its option xdp_prog, and nothing else.
//
// The program's source is bpf/steer.c; steer.o is what clang made of it
// (make steer), and steer.sum says of which version. This package fills in
// whose queries they are, and loads nothing itself.
package steer

import (
	"bytes"
	"debug/elf"
	_ "embed"
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
)

// Most is how many addresses of each family the program takes.
const Most = 16

//go:embed steer.o
var object []byte

// Offsets in struct ours of steer.c.
const (
	offPort = 0
	off4    = 2
	off6    = 4
	offV4   = 8
	offV6   = offV4 + 4*Most
)

// Write writes the program for these addresses and port into a new file for
// xdp_prog, and returns its path. Remove it once the device is there.
func Write(addrs []netip.Addr, port uint16) (path string, err error) {
	program, err := fill(addrs, port)
	if err != nil {
		return "", err
	}
	file, err := os.CreateTemp("", "skydns-steer-*.o")
	if err != nil {
		return "", fmt.Errorf("write the XDP program: %w", err)
	}
	defer file.Close()
	if _, err := file.Write(program); err != nil {
		os.Remove(file.Name())
		return "", fmt.Errorf("write the XDP program: %w", err)
	}
	return file.Name(), nil
}

// fill is the object file with the addresses and the port in it.
func fill(addrs []netip.Addr, port uint16) ([]byte, error) {
	program := bytes.Clone(object)
	file, err := elf.NewFile(bytes.NewReader(program))
	if err != nil {
		return nil, fmt.Errorf("read the XDP program: %w", err)
	}
	at, err := oursIn(file)
	if err != nil {
		return nil, err
	}
	ours := program[at:]
	binary.BigEndian.PutUint16(ours[offPort:], port)
	n4, n6 := 0, 0
	for _, a := range addrs {
		if a = a.Unmap(); a.Is4() && n4 < Most {
			copy(ours[offV4+4*n4:], a.AsSlice())
			n4++
		} else if a.Is6() && n6 < Most {
			copy(ours[offV6+16*n6:], a.AsSlice())
			n6++
		} else {
			return nil, fmt.Errorf("the XDP program takes %d addresses of each family, there are more in addresses in [Dataplane]", Most)
		}
	}
	binary.NativeEndian.PutUint16(ours[off4:], uint16(n4))
	binary.NativeEndian.PutUint16(ours[off6:], uint16(n6))
	return program, nil
}

// oursIn is where in the file the variable ours is.
func oursIn(file *elf.File) (uint64, error) {
	symbols, err := file.Symbols()
	if err != nil {
		return 0, fmt.Errorf("read the XDP program: %w", err)
	}
	for _, s := range symbols {
		if s.Name == "ours" && s.Size == offV6+16*Most {
			return file.Sections[s.Section].Offset + s.Value, nil
		}
	}
	return 0, fmt.Errorf("the XDP program has no variable ours of %d octets", offV6+16*Most)
}
