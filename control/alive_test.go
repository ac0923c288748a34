package main

import (
	"strings"
	"testing"
	"time"
)

// TestHungPublisherIsNotAlive verifies that the service manager is not told that
// control lives while what publishes hangs.
func TestHungPublisherIsNotAlive(t *testing.T) {
	for standstill, stuck := range map[time.Duration]bool{0: false, 29 * time.Second: false, 31 * time.Second: true} {
		err := getsOn(standstill)
		if (err != nil) != stuck || stuck && !strings.Contains(err.Error(), "31s") {
			t.Errorf("%v: %v", standstill, err)
		}
	}
}
