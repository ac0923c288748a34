package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// Control sequences of the terminal (ECMA-48, and xterm's second screen).
const (
	enter = "\x1b[?1049h\x1b[?25l" // the second screen, without a cursor
	leave = "\x1b[?25h\x1b[?1049l"
	home  = "\x1b[H"
	toEnd = "\x1b[K" // clears the rest of the line
	below = "\x1b[J" // and the rest of the screen
	bold  = "\x1b[1m"
	plain = "\x1b[0m"
)

// showAlways fills the terminal with what happens until q or Ctrl-C is pressed
// or ctx ends.
func showAlways(ctx context.Context, o *options) error {
	in, out := int(os.Stdin.Fd()), int(os.Stdout.Fd())
	if !term.IsTerminal(in) || !term.IsTerminal(out) {
		return errors.New("stdin and stdout are no terminal: use -once")
	}
	was, err := term.MakeRaw(in)
	if err != nil {
		return fmt.Errorf("set up the terminal: %w", err)
	}
	defer func() { _ = term.Restore(in, was) }()
	fmt.Print(enter)
	defer fmt.Print(leave)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go untilQuit(os.Stdin, cancel)
	return redraw(ctx, o, os.Stdout, func() (width, height int) {
		width, height, err := term.GetSize(out)
		if err != nil {
			return 80, 24
		}
		return width, height
	})
}

// untilQuit calls quit when a key says so.
func untilQuit(keys io.Reader, quit func()) {
	const ctrlC, ctrlD = 3, 4
	for r := bufio.NewReader(keys); ; {
		switch key, err := r.ReadByte(); {
		case err != nil, key == 'q', key == ctrlC, key == ctrlD:
			quit()
			return
		}
	}
}

// redraw draws what happened in each interval until ctx ends. A server that
// does not answer is waited for.
func redraw(ctx context.Context, o *options, w io.Writer, size func() (width, height int)) error {
	source := newSource(o)
	var before *sample
	tick := time.NewTicker(o.interval)
	defer tick.Stop()
	for {
		after, err := source.read(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			draw(w, append([]string{"skydns-top  " + o.addr}, strings.SplitAfter(err.Error(), ": ")...), size)
			before = nil
		case before != nil:
			draw(w, view(o.addr, between(before, after)), size)
		}
		if err == nil {
			before = after
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// draw fills the screen with lines, cut off where it ends. Headings, which are
// in capitals, and the first line are bold.
func draw(w io.Writer, lines []string, size func() (width, height int)) {
	width, height := size()
	out := bufio.NewWriter(w)
	defer out.Flush()
	out.WriteString(home)
	for i, line := range lines[:min(len(lines), max(height-1, 0))] {
		if text := []rune(line); len(text) > width {
			line = string(text[:width])
		}
		if i == 0 || lines[i-1] == "" {
			line = bold + line + plain
		}
		out.WriteString(line + toEnd + "\r\n")
	}
	out.WriteString(below)
}
