package lab

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// programs is the folder of the built programs; empty until Main has run.
var programs string

// Main builds the programs, runs the tests and removes the programs. A test
// package that uses the lab calls it from TestMain and exits with its result.
// The programs are built without cgo: dataplane has kernel sockets only.
func Main(m *testing.M) int { return withPrograms(m.Run) }

// withPrograms builds the programs for a function, and removes them after it.
func withPrograms(run func() int) int {
	dir, err := os.MkdirTemp("", "skydns-lab-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "lab:", err)
		return 1
	}
	defer os.RemoveAll(dir)
	const module = "github.com/ipdcode/skydns/"
	build := exec.Command("go", "build", "-o", dir+"/",
		module+"dataplane", module+"control", module+"tools/skydns-apicmd", module+"tools/skydns-answer", module+"tools/lab/labetcd")
	build.Env = append(build.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "lab: build the programs: %v\n%s", err, out)
		return 1
	}
	programs = dir
	return run()
}

// Programs is the folder of the programs that Main has built.
func Programs() string {
	if programs == "" {
		panic("lab: TestMain does not call lab.Main")
	}
	return programs
}
