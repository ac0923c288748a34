package main

import (
	"slices"
	"testing"
)

// TestGiveLcore verifies that EAL gets one lcore unless its arguments name some.
func TestGiveLcore(t *testing.T) {
	for _, eal := range [][]string{{"-l", "0-3"}, {"-l0"}, {"-c", "1"}, {"--lcores", "0@0"}, {"--lcores=0@0"}, {"--no-pci", "--main-lcore=3"}} {
		if got := giveLcore(eal, 7); !slices.Equal(got, eal) {
			t.Errorf("%v became %v", eal, got)
		}
	}
	eal := []string{"--no-pci", "--log-level=8", "--vdev=net_null0"}
	if got, want := giveLcore(eal, 7), append(eal, "--lcores", "0@7"); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
