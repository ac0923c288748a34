// Package process starts the programs that a benchmark examines, bound to
// cores, and ends them.
package process

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// AnyCore lets a program run where it likes.
const AnyCore = -1

// Process is a program that runs. It ends with this one at the latest.
type Process struct {
	cmd  *exec.Cmd
	said bytes.Buffer // stdout and stderr; read once it has ended
	done chan struct{}
}

// Start starts a program, bound to a core.
func Start(core int, program string, args ...string) (*Process, error) {
	if core != AnyCore {
		args = append([]string{"-c", fmt.Sprint(core), program}, args...)
		program = "taskset"
	}
	p := &Process{cmd: exec.Command(program, args...), done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = &p.said, &p.said
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	go func() {
		_ = p.cmd.Wait() // how it ended shows in what it said
		close(p.done)
	}()
	return p, nil
}

// Pid is the process's number.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Stop asks the process to end and waits for it; after ten seconds it is killed.
func (p *Process) Stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(10 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

// Until calls ready every few milliseconds until it returns nil. It is an
// error if the process ends before, or if that takes longer than patience.
func (p *Process) Until(patience time.Duration, ready func() error) error {
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		err := ready()
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("%s has ended: %s", p.cmd.Args, lastLines(p.said.String()))
		default:
		}
		if time.Now().After(end) {
			return fmt.Errorf("%s is not ready after %v: %w", p.cmd.Args, patience, err)
		}
	}
}

func lastLines(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-5):], "\n")
}

// FreePort is a loopback address whose port nobody has, for UDP and TCP.
func FreePort() (string, error) {
	for range 100 {
		tcp, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return "", err
		}
		addr := tcp.Addr().String()
		udp, err := net.ListenPacket("udp", addr)
		tcp.Close()
		if err == nil {
			udp.Close()
			return addr, nil
		}
	}
	return "", fmt.Errorf("no port is free: %w", os.ErrExist)
}
