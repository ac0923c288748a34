//go:build !dpdk

package exception

import (
	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/cgo/dpdk"
	"github.com/ipdcode/skydns/dataplane/netio"
)

// OpenVirtio fails: this build has no DPDK.
func OpenVirtio(Interface, *netio.Exceptions, zerolog.Logger) (*Port, error) {
	_, err := dpdk.Init(nil)
	return nil, err
}
