package report

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipdcode/skydns/bench/internal/clock"
)

// Machine is the machine in one line.
var Machine = sync.OnceValue(func() string {
	return fmt.Sprintf("%s, %d cores, Linux %s, TSC %.2f GHz", processor(), runtime.NumCPU(), kernel(), clock.TSCHz()/1e9)
})

// Head prints what was measured, where, when, and with which versions of the
// Debian packages that are named.
func Head(w io.Writer, title string, packages ...string) {
	fmt.Fprintf(w, "# %s\n\n", title)
	fmt.Fprintf(w, "machine   %s, %s, load %s\n", Machine(), hugePages(), load())
	fmt.Fprintf(w, "date      %s\n", time.Now().Format(time.DateOnly))
	versions := []string{strings.Replace(runtime.Version(), "go", "Go ", 1)}
	for _, p := range packages {
		versions = append(versions, p+" "+version(p))
	}
	fmt.Fprintf(w, "versions  %s\n\n", strings.Join(versions, ", "))
}

func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	if m := regexp.MustCompile(`(?m)^model name\s*: (.*)$`).FindSubmatch(text); m != nil {
		return string(m[1])
	}
	return runtime.GOARCH
}

func kernel() string {
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return "?"
	}
	return unix.ByteSliceToString(name.Release[:])
}

func hugePages() string {
	text, _ := os.ReadFile("/proc/sys/vm/nr_hugepages")
	return strings.TrimSpace(string(text)) + " huge pages"
}

// load is the average number of processes at work in the last minute: a quiet
// machine has less than one.
func load() string {
	text, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(text), " ")
	return first
}

func version(pkg string) string {
	out, err := exec.Command("dpkg-query", "-W", "-f", "${Version}", pkg).Output()
	if err != nil || len(out) == 0 {
		return "(not installed)"
	}
	return string(out)
}
