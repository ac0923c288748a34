package exception

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"

	"golang.org/x/sys/unix"
)

// setUp gives the kernel interface its MAC, MTU and addresses, and sets it up.
// What is already so stays.
func setUp(c Interface) error {
	dev, err := net.InterfaceByName(c.Name)
	if err != nil {
		return fmt.Errorf("find the interface %s of the exception port: %w", c.Name, err)
	}
	s, err := openNetlink()
	if err != nil {
		return fmt.Errorf("set up the interface %s of the exception port: %w", c.Name, err)
	}
	defer s.close()
	if err := s.ask(linkRequest(dev.Index, c)); err != nil {
		return fmt.Errorf("set MAC %s and MTU %d of the interface %s of the exception port: %w: run as root or with CAP_NET_ADMIN", net.HardwareAddr(c.MAC[:]), c.MTU, c.Name, err)
	}
	for _, a := range c.Addresses {
		if err := s.ask(addressRequest(dev.Index, a)); err != nil {
			return fmt.Errorf("give %s to the interface %s of the exception port: %w: see whether this kernel has that protocol, and addresses in [Dataplane]", a, c.Name, err)
		}
	}
	return nil
}

// linkRequest is RTM_NEWLINK: the MAC, the MTU, up.
func linkRequest(index int, c Interface) request {
	r := newRequest(unix.RTM_NEWLINK, 0)
	r = append(r, unix.AF_UNSPEC, 0, 0, 0) // struct ifinfomsg
	r = binary.NativeEndian.AppendUint32(r, uint32(index))
	r = binary.NativeEndian.AppendUint32(r, unix.IFF_UP) // flags
	r = binary.NativeEndian.AppendUint32(r, unix.IFF_UP) // which of them change
	r = r.attribute(unix.IFLA_ADDRESS, c.MAC[:])
	return r.attribute(unix.IFLA_MTU, binary.NativeEndian.AppendUint32(nil, uint32(c.MTU)))
}

// addressRequest is RTM_NEWADDR. An IPv6 address is used at once: whether
// another machine has it too was the operator's to know before queries to it
// came here.
func addressRequest(index int, a netip.Prefix) request {
	family := byte(unix.AF_INET)
	if a.Addr().Is6() {
		family = unix.AF_INET6
	}
	r := newRequest(unix.RTM_NEWADDR, unix.NLM_F_CREATE|unix.NLM_F_REPLACE)
	r = append(r, family, byte(a.Bits()), unix.IFA_F_NODAD, unix.RT_SCOPE_UNIVERSE) // struct ifaddrmsg
	r = binary.NativeEndian.AppendUint32(r, uint32(index))
	r = r.attribute(unix.IFA_LOCAL, a.Addr().AsSlice())
	return r.attribute(unix.IFA_ADDRESS, a.Addr().AsSlice())
}
