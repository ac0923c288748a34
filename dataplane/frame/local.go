package frame

import (
	"errors"
	"fmt"
	"math/bits"
	"net/netip"
	"unsafe"
)

// Local is the addresses and the UDP port whose queries are ours to answer.
// It does not change once made and may be shared by all cores.
type Local struct {
	port uint16 // these are as little-endian loads read the frame's octets
	v4   []uint32
	v6   []address6

	first4 uint64   // the first of v4, to be compared without a loop; noAddress if there is none
	first6 address6 // the first of v6

	// A frame is refused if its first 8 octets are not mac's where macMask has bits.
	mac, macMask uint64

	// AcceptUnfinished takes a UDP checksum that is only the pseudo-header's
	// sum for a right one. Linux leaves it so in frames that never leave the
	// machine, as on a veth, and a driver that gets them by AF_XDP is not told.
	// Set it before the first Parse.
	AcceptUnfinished bool
}

// NewLocal makes a Local of at least one address, without zones, and a port.
func NewLocal(addrs []netip.Addr, port uint16) (*Local, error) {
	if len(addrs) == 0 {
		return nil, errors.New("no address is ours: give at least one")
	}
	if port == 0 {
		return nil, errors.New("port 0 cannot be asked: give 1 to 65535")
	}
	l := &Local{port: bits.ReverseBytes16(port), first4: noAddress, macMask: groupMAC}
	for _, a := range addrs {
		a = a.Unmap()
		switch {
		case !a.IsValid() || a.Zone() != "" || a.IsUnspecified() || a.IsMulticast():
			return nil, fmt.Errorf("%q cannot be the address of this port: give a unicast address without zone", a)
		case a.Is4():
			b := a.As4()
			l.v4 = append(l.v4, load32(unsafe.Pointer(&b), 0))
		default:
			b := a.As16()
			l.v6 = append(l.v6, loadAddress(unsafe.Pointer(&b), 0))
		}
	}
	if len(l.v4) > 0 {
		l.first4 = uint64(l.v4[0])
	}
	if len(l.v6) > 0 {
		l.first6 = l.v6[0]
	}
	return l, nil
}

// OnlyTo refuses the frames to other machines' MACs: for a port that gets them
// too. Call it before the first Parse.
func (l *Local) OnlyTo(mac [6]byte) {
	first := [8]byte(append(mac[:], 0, 0))
	l.mac, l.macMask = load64(unsafe.Pointer(&first), 0), groupMAC|(1<<48-1)
}

func (l *Local) has4(a uint32) bool {
	for _, x := range l.v4 {
		if x == a {
			return true
		}
	}
	return false
}

func (l *Local) has6(a address6) bool {
	for _, x := range l.v6 {
		if x == a {
			return true
		}
	}
	return false
}

// address6 is an IPv6 address as two little-endian words.
type address6 struct{ first, second uint64 }

func loadAddress(p unsafe.Pointer, off int) address6 {
	return address6{load64(p, off), load64(p, off+8)}
}

// sum is the ones-complement sum of the address's words.
func (a address6) sum() uint64 { return plus(a.first, a.second) }

func (a address6) store(p unsafe.Pointer, off int) {
	store64(p, off, a.first)
	store64(p, off+8, a.second)
}
