//go:build !dpdk

package netio

import "github.com/ipdcode/skydns/cgo/dpdk"

// OpenDPDK fails: this build has no DPDK.
func OpenDPDK(DPDKConfig) ([]Queue, error) {
	_, err := dpdk.Init(nil)
	return nil, err
}
