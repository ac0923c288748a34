package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
)

// growing is asked beside for growth times as long as the rest, for the writer has
// only the time that two poll loops leave it to copy a generation in.
const growth = 4

// beside is a process that changes the snapshot while queries are asked, as
// control would: this program once more, at the lowest priority, for both
// cores belong to poll loops.
type beside struct {
	cmd   *exec.Cmd
	stdin io.Closer
	lines *bufio.Scanner
}

// startBeside starts the work of a kind and waits until it is prepared.
func (b *bench) startBeside(kind string) (*beside, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	w := &beside{cmd: exec.Command("nice", "-n", "19", self, "-beside", kind, "-dir", b.snap.Dir, "-names", fmt.Sprint(b.names))}
	w.cmd.Stderr = os.Stderr
	w.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	stdin, err := w.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := w.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	w.stdin, w.lines = stdin, bufio.NewScanner(stdout)
	if err := w.cmd.Start(); err != nil {
		return nil, err
	}
	if err := w.expect(prepared); err != nil {
		return nil, errors.Join(err, w.stop())
	}
	return w, nil
}

// expect reads what the work says next.
func (w *beside) expect(line string) error {
	if !w.lines.Scan() || w.lines.Text() != line {
		return fmt.Errorf("the work beside said %q and not %q", w.lines.Text(), line)
	}
	return nil
}

// finish ends the work. It is an error if that had not done what it is for.
func (w *beside) finish() error {
	w.stdin.Close()
	return errors.Join(w.expect(finished), w.cmd.Wait())
}

// stop ends the work whatever it has done.
func (w *beside) stop() error {
	w.stdin.Close()
	return w.cmd.Wait()
}

// askBeside asks at a rate while work of a kind goes on, "" for none.
func (b *bench) askBeside(rate float64, kind string) (*result, error) {
	args := []string{"-T", fmt.Sprintf("%.0f", rate), "-q", fmt.Sprint(held)}
	if kind == "" {
		return b.ask(b.lasting, args...)
	}
	w, err := b.startBeside(kind)
	if err != nil {
		return nil, err
	}
	lasting := b.lasting
	if kind == growing {
		lasting *= growth
	}
	r, err := b.ask(lasting, args...)
	if err != nil {
		return nil, errors.Join(err, w.stop())
	}
	return r, w.finish()
}
