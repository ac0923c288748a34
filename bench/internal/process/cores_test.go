package process

import (
	"runtime"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// TestCoresAreWhatTasksetLeaves verifies that cores which the process may not use
// are not given to anybody.
func TestCoresAreWhatTasksetLeaves(t *testing.T) {
	runtime.LockOSThread() // and the thread ends with the test
	cores, err := Cores()
	if err != nil || len(cores) == 0 {
		t.Fatalf("%v, %v", cores, err)
	}
	last := cores[len(cores)-1]
	var set unix.CPUSet
	set.Set(last)
	if err := unix.SchedSetaffinity(0, &set); err != nil {
		t.Fatal(err)
	}
	if cores, err = Cores(); err != nil || !slices.Equal(cores, []int{last}) {
		t.Errorf("%v, %v, want %d alone", cores, err, last)
	}
}
