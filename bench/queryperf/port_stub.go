//go:build !dpdk

package main

import (
	"net/netip"

	"github.com/ipdcode/skydns/cgo/dpdk"
)

// openPort fails: this build has no DPDK.
func openPort(*options, netip.AddrPort, []netip.Addr) (way, error) {
	_, err := dpdk.Init(nil)
	return nil, err
}
