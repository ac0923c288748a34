package main

import (
	"errors"
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

// TestAnyHungPartIsNoLife verifies that one check which fails is enough, and that
// no other hides it.
func TestAnyHungPartIsNoLife(t *testing.T) {
	hangs := errors.New("REST hangs")
	well := func() error { return nil }
	for name, checks := range map[string][]func() error{"first": {func() error { return hangs }, well}, "last": {well, func() error { return hangs }}} {
		if err := firstError(checks); !errors.Is(err, hangs) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := firstError([]func() error{well, well}); err != nil {
		t.Error(err)
	}
}
