//go:build !amd64

package stats

import "time"

var started = time.Now()

// tsc stands for the counter that this processor does not have.
func tsc() uint64 { return uint64(time.Since(started)) }
