package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestPollCores verifies which cores poll, and that one that is not there is
// refused in a line that names it.
func TestPollCores(t *testing.T) {
	usable, err := usableCores()
	if err != nil {
		t.Fatal(err)
	}
	const absent = 1000
	for _, c := range []struct {
		name               string
		configured, usable []int
		want               []int
		refused            string
	}{
		{"none configured", nil, []int{3, 5}, []int{3, 5}, ""},
		{"usable", usable[:1], usable, usable[:1], ""},
		{"not among those that the process started on", usable[:1], []int{absent}, usable[:1], ""},
		{"not there", []int{usable[0], absent}, usable, nil, "core 1000 is not there"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := pollCores(c.configured, c.usable)
			if !slices.Equal(got, c.want) || (err != nil) != (c.refused != "") {
				t.Fatalf("%v, %v", got, err)
			}
			if err != nil && (!strings.Contains(err.Error(), c.refused) || strings.Contains(err.Error(), "\n")) {
				t.Error(err)
			}
		})
	}
}

// TestBesides verifies that Go's threads get the cores that do not poll, and
// all of them where each polls.
func TestBesides(t *testing.T) {
	for _, c := range []struct{ poll, usable, want []int }{
		{[]int{1}, []int{0, 1}, []int{0}},
		{[]int{2, 3}, []int{0, 1}, []int{0, 1}},
		{[]int{0, 1}, []int{0, 1}, []int{0, 1}},
	} {
		if got := besides(c.poll, c.usable); !slices.Equal(got, c.want) {
			t.Errorf("poll %v of %v: %v, want %v", c.poll, c.usable, got, c.want)
		}
	}
}

// TestIsolatedCore verifies that a core on which the process was not started,
// as of isolcpus, can be given a poll loop, and that only this loop is there.
func TestIsolatedCore(t *testing.T) {
	usable, err := usableCores()
	if err != nil {
		t.Fatal(err)
	}
	if len(usable) < 2 {
		t.Skip("one core: none is left to be isolated")
	}
	config := configFile(t, fmt.Sprintf("dns-addr = %q\n[Dataplane]\nsnapshot-dir = %q\ncores = [%d]\n", freeAddr(t), t.TempDir(), usable[1]))
	p := startOn(t, usable[0], config)
	if got := threadsOn(t, p, usable[1]); got != 1 {
		t.Errorf("%d threads are bound to core %d, want the poll loop's", got, usable[1])
	}
}

// startOn is start on one core.
func startOn(t *testing.T, core int, config string) *program {
	t.Helper()
	runtime.LockOSThread() // what is started inherits the thread's cores
	defer runtime.UnlockOSThread()
	var before, set unix.CPUSet
	set.Set(core)
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		t.Fatal(err)
	}
	if err := unix.SchedSetaffinity(0, &set); err != nil {
		t.Fatal(err)
	}
	defer unix.SchedSetaffinity(0, &before)
	return start(t, config)
}

// threadsOn is how many threads of the program may run on the core alone, once
// one does.
func threadsOn(t *testing.T, p *program, core int) (n int) {
	t.Helper()
	await(t, "a thread on the core", func() bool {
		tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", p.cmd.Process.Pid))
		if err != nil {
			t.Fatal(err)
		}
		n = 0
		for _, task := range tasks {
			status, _ := os.ReadFile(task) // a thread may have ended
			if strings.Contains(string(status), fmt.Sprintf("\nCpus_allowed_list:\t%d\n", core)) {
				n++
			}
		}
		return n > 0
	})
	return n
}
