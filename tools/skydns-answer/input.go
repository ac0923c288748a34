package main

import (
	"bufio"
	"errors"
	"io"
	"os"
)

// errStopped is the error of a run that a signal ended.
var errStopped = errors.New("stopped by a signal")

// inputLine is a line of input, or what is left of one where the input ends.
type inputLine struct {
	text []byte
	err  error
}

// linesOf reads lines ahead, up to the first error.
func linesOf(in io.Reader) <-chan inputLine {
	lines := make(chan inputLine, 64)
	go func() {
		r := bufio.NewReaderSize(in, 1<<16)
		for {
			text, err := r.ReadBytes('\n')
			lines <- inputLine{text, err}
			if err != nil {
				return
			}
		}
	}()
	return lines
}

// nextLine waits for a line or a signal. Before it waits it flushes w: whoever
// writes the cases may wait for the results.
func nextLine(lines <-chan inputLine, stop <-chan os.Signal, w *bufio.Writer) (inputLine, error) {
	select {
	case l := <-lines:
		return l, nil
	case <-stop:
		return inputLine{}, errStopped
	default:
	}
	if err := w.Flush(); err != nil {
		return inputLine{}, err
	}
	select {
	case l := <-lines:
		return l, nil
	case <-stop:
		return inputLine{}, errStopped
	}
}
