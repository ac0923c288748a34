//go:build !dpdk

package dpdk

import "errors"

// Init fails: this build has no DPDK.
func Init([]string) (said []string, err error) {
	return nil, errors.New("built without DPDK: build with -tags dpdk (needs libdpdk-dev, pkg-config and a C compiler), or set driver = \"socket\" in [Dataplane]")
}
