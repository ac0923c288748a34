package lab

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// apartEnv tells a test binary that it runs apart already, and where the
// programs are.
const apartEnv = "SKYDNS_LAB_APART"

// errNotApart is nil in a test binary that runs apart.
var errNotApart = errors.New("TestMain does not call lab.MainApart")

// Apart is nil if the test has a network namespace to itself, in which a
// Network may be made, else the reason why not.
func Apart() error { return errNotApart }

// MainApart is Main for tests that make networks: where that is allowed, they
// run in a network namespace of this test binary's own. Neither its interfaces
// nor its addresses can clash with another's, and the kernel removes all of it
// when the last process in it ends, however that comes.
func MainApart(m *testing.M) int {
	if dir := os.Getenv(apartEnv); dir != "" {
		programs = dir
		if errNotApart = beRouter(); errNotApart != nil {
			fmt.Fprintln(os.Stderr, "lab:", errNotApart)
			return 1
		}
		return m.Run()
	}
	if errNotApart = tryApart(); errNotApart != nil {
		fmt.Fprintln(os.Stderr, "lab: no network namespaces:", errNotApart)
		return Main(m)
	}
	return withPrograms(runApart)
}

// tryApart is nil if this process may do what networks need.
func tryApart() error {
	if os.Geteuid() != 0 {
		return errors.New("they need root")
	}
	cmd := exec.Command("sh", "-c", `ip link add name v0 type veth peer name v1 &&
		ip rule add priority 1 from 192.0.2.1 blackhole && echo 1 >/proc/sys/net/ipv4/ip_forward && command -v nsenter`)
	cmd.SysProcAttr = ownNetwork()
	if out, err := cmd.CombinedOutput(); err != nil {
		return errors.New(strings.TrimSpace(err.Error() + " " + string(out)))
	}
	return nil
}

// ownNetwork starts a process in a network namespace of its own. It ends with
// this process.
func ownNetwork() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
}

// runApart runs this test binary again, apart, and returns its exit code.
func runApart() int {
	runtime.LockOSThread() // with whose end the other would be killed
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Env = append(os.Environ(), apartEnv+"="+programs)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = ownNetwork()
	err := cmd.Run()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		fmt.Fprintln(os.Stderr, "lab: run the tests apart:", err)
		return 1
	}
	if code := cmd.ProcessState.ExitCode(); code >= 0 {
		return code
	}
	return 1
}

// beRouter makes this process's namespace one that forwards packets. What is
// for this process itself is looked up behind the rules of Network.Lose.
func beRouter() error {
	for _, line := range []string{"link set lo up", fmt.Sprintf("rule add priority %d lookup local", localPriority), "rule del priority 0"} {
		if err := ip(line); err != nil {
			return err
		}
	}
	return os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0)
}

// ip runs the ip command in this process's namespace.
func ip(line string) error { return (*Place)(nil).ip(line) }

// ip runs the ip command there.
func (p *Place) ip(line string) error {
	words := p.within(append([]string{"ip"}, strings.Fields(line)...)...)
	if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("ip %s: %w: %s", line, err, strings.TrimSpace(string(out)))
	}
	return nil
}
