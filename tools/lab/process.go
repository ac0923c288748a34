package lab

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is how long anything may take before a test gives up on it.
const patience = 30 * time.Second

// Process is a program that was started. It is killed when its test ends.
type Process struct {
	name string
	cmd  *exec.Cmd
	log  string        // file with its stdout and stderr
	done chan struct{} // closed when it has ended
}

// Start starts a program of Main with the arguments.
func Start(tb testing.TB, program string, args ...string) *Process {
	tb.Helper()
	return (*Place)(nil).Start(tb, program, args...)
}

// StartCommand starts a command of the operating system, which Need has found,
// or any other by its path.
func StartCommand(tb testing.TB, command string, args ...string) *Process {
	tb.Helper()
	return startCommand(tb, filepath.Base(command), new(syscall.SysProcAttr), append([]string{command}, args...)...)
}

// startCommand starts a command line as a process of a name.
func startCommand(tb testing.TB, name string, attr *syscall.SysProcAttr, line ...string) *Process {
	tb.Helper()
	p := &Process{
		name: name,
		cmd:  exec.Command(line[0], line[1:]...),
		log:  filepath.Join(tb.TempDir(), name+".log"),
		done: make(chan struct{}),
	}
	log, err := os.Create(p.log)
	if err != nil {
		tb.Fatalf("lab: %v", err)
	}
	defer log.Close()
	p.cmd.Stdout, p.cmd.Stderr = log, log
	// A test binary that dies takes its processes with it.
	attr.Pdeathsig = syscall.SIGKILL
	p.cmd.SysProcAttr = attr
	if err := p.cmd.Start(); err != nil {
		tb.Fatalf("lab: start %s: %v", name, err)
	}
	go func() {
		p.cmd.Wait()
		close(p.done)
	}()
	tb.Cleanup(func() {
		p.Kill(tb)
		if tb.Failed() {
			tb.Logf("the log of %s (process %d) ends:\n%s", p.name, p.cmd.Process.Pid, p.tail(40))
		}
	})
	return p
}

// PID is the number of the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Wait waits until the process ends by itself, and returns its exit code, -1 if
// a signal ended it.
func (p *Process) Wait(tb testing.TB) int {
	tb.Helper()
	select {
	case <-p.done:
	case <-time.After(patience):
		tb.Fatalf("lab: %s does not end", p.name)
	}
	return p.cmd.ProcessState.ExitCode()
}

// Kill ends the process with SIGKILL and returns once it is gone.
func (p *Process) Kill(tb testing.TB) {
	tb.Helper()
	p.signal(tb, syscall.SIGKILL)
}

// Terminate ends the process with SIGTERM and returns its exit code, -1 if a
// signal ended it.
func (p *Process) Terminate(tb testing.TB) int {
	tb.Helper()
	p.signal(tb, syscall.SIGTERM)
	return p.cmd.ProcessState.ExitCode()
}

// Pause stops the process with SIGSTOP until Resume or its end.
func (p *Process) Pause() { p.cmd.Process.Signal(syscall.SIGSTOP) }

// Resume lets a paused process go on.
func (p *Process) Resume() { p.cmd.Process.Signal(syscall.SIGCONT) }

// signal sends the signal and waits for the end of the process.
func (p *Process) signal(tb testing.TB, s syscall.Signal) {
	tb.Helper()
	p.cmd.Process.Signal(s) // fails only if it has ended already
	select {
	case <-p.done:
	case <-time.After(patience):
		tb.Fatalf("lab: %s runs on after %v", p.name, s)
	}
}

// Alive says whether the process is still running.
func (p *Process) Alive() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// Log is all that the process has written to stdout and stderr so far.
func (p *Process) Log() string {
	data, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

// tail is the last n lines of the log.
func (p *Process) tail(n int) string {
	lines := strings.Split(strings.TrimSpace(p.Log()), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// Eventually calls attempt until it succeeds. It fails the test with the last
// error if that takes unreasonably long.
func Eventually(tb testing.TB, what string, attempt func() error) {
	tb.Helper()
	deadline := time.Now().Add(patience)
	for {
		err := attempt()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			tb.Fatalf("%s: %v", what, err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}
