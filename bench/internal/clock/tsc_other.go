//go:build !amd64

package clock

import "time"

var start = time.Now()

// tsc stands for the counter that this processor does not have.
func tsc() uint64 { return uint64(time.Since(start)) }
