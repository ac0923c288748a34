package main

import (
	"errors"
	"net/netip"
	"os"
	"slices"
	"strings"

	"github.com/ipdcode/skydns/cgo/steer"
)

// steerQueries is the arguments for EAL with which its AF_XDP devices get
// nothing but queries to these addresses: the interface stays the kernel's.
// remove removes what DPDK reads at its start.
func steerQueries(eal []string, addrs []netip.Addr, port uint16) (args []string, remove func(), err error) {
	if !slices.ContainsFunc(eal, isAFXDP) {
		return nil, nil, errors.New("exception = \"kernel\" in [Dataplane] is for AF_XDP: give eal --vdev=net_af_xdp0,iface=eth1, or set exception to tap")
	}
	program, err := steer.Write(addrs, port)
	if err != nil {
		return nil, nil, err
	}
	for _, a := range eal {
		if isAFXDP(a) {
			a += ",xdp_prog=" + program
		}
		args = append(args, a)
	}
	return args, func() { os.Remove(program) }, nil
}

// isAFXDP reports whether an argument for EAL makes an AF_XDP device.
func isAFXDP(arg string) bool {
	return strings.HasPrefix(strings.TrimPrefix(arg, "--vdev="), "net_af_xdp")
}
