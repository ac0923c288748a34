//go:build !dpdk

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "dpdk: built without DPDK: build with -tags dpdk, as make bench-dpdk does")
	os.Exit(1)
}
